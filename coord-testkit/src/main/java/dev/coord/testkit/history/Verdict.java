package dev.coord.testkit.history;

import org.jspecify.annotations.Nullable;

/** All checks of a history that need no choice, on one replay. */
final class Verdict {
    private final Recording recording;
    private final LeaseCheck leases;
    private final boolean complete;

    Verdict(Recording recording, long failoverNanos) {
        this(recording, failoverNanos, false);
    }

    /** With {@code complete}, watches have had the time to tell everything. */
    Verdict(Recording recording, long failoverNanos, boolean complete) {
        this.recording = recording;
        this.leases = new LeaseCheck(recording, failoverNanos);
        this.complete = complete;
    }

    /** What is wrong, null if nothing is. */
    @Nullable
    Violation run() {
        Violation claims = new ClaimCheck(recording).run();
        return claims == null ? new Linearizability(recording).run(this::further) : claims;
    }

    private @Nullable Violation further(RealTime witness) {
        Violation watches = new WatchCheck(recording, witness, complete).run();
        return watches == null ? leases.run(witness) : watches;
    }
}
