/**
 * The simulation: virtual time, the processes that live in it, Raft without Ratis, and users' scripts. Everything runs on
 * one thread at a time and is a function of the seed.
 */
@NullMarked
package dev.coord.testkit.internal.sim;

import org.jspecify.annotations.NullMarked;
