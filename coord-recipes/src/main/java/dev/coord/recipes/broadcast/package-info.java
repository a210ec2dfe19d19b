/**
 * Broadcast in causal and in total order, and mutual exclusion, by messages and logical clocks alone: without the log, without a
 * leader, without a majority. What they cost and what a dead member does to them is told at each, and in the project's
 * documentation.
 */
@NullMarked
package dev.coord.recipes.broadcast;

import org.jspecify.annotations.NullMarked;
