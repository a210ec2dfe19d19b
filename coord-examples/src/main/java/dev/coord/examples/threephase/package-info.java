/**
 * Three-phase commit (Skeen 1981) beside two-phase commit and Coord's own, to see what it buys and when it fails:
 * {@link dev.coord.examples.threephase.ThreePhaseStory} lets processes crash at every step of each, and partitions them. For teaching
 * only: it splits under a partition.
 */
@NullMarked
package dev.coord.examples.threephase;

import org.jspecify.annotations.NullMarked;
