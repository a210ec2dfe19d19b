/**
 * Lamport's mutual exclusion of 1978 beside the lock that is replicated by Raft: {@link dev.coord.examples.mutex.MutexComparison}
 * measures both on the same simulated network, and lets members die.
 */
@NullMarked
package dev.coord.examples.mutex;

import org.jspecify.annotations.NullMarked;
