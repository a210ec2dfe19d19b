package dev.coord.chaos.run;

import dev.coord.chaos.Proof;

/**
 * A fault that was injected. Immutable.
 *
 * @param kind of fault
 * @param target the peer it was meant for
 * @param leading whether that was the Raft leader
 * @param atMillis when, since the beginning of the load
 * @param lastedMillis from before the injection to after the healing
 * @param gapMillis the longest time without a write that succeeded, from the injection until all was well
 * @param wholeMillis from the healing until all peers had everything
 * @param stalled whether the driver itself did not run meanwhile, so that the gap is none of the peers'
 * @param proof what shows it
 */
record Event(
        String kind,
        String target,
        boolean leading,
        long atMillis,
        long lastedMillis,
        long gapMillis,
        long wholeMillis,
        boolean stalled,
        Proof proof) {}
