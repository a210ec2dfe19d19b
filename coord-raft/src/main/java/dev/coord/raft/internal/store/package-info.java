/** The deterministic state machine: versioned keys, leases, sessions, history. Imports no clock, thread, network or Raft. */
@NullMarked
package dev.coord.raft.internal.store;

import org.jspecify.annotations.NullMarked;
