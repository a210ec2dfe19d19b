/**
 * A peer as a program of its own: one JVM, one peer. To be started three or five times by whoever wants the store beside his
 * services rather than within them, or wants to see a cluster of processes.
 */
@NullMarked
package dev.coord.examples.peer;

import org.jspecify.annotations.NullMarked;
