package dev.coord.chaos.process;

import dev.coord.chaos.PeerProcess;
import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for the state of a peer, by looking. */
final class PeerStates {
    private static final long LOOK_NANOS = 20_000_000;

    private PeerStates() {}

    /** Tells whether it came about in time. */
    static boolean await(PeerProcess peer, String state, Duration patience) {
        Deadline deadline = Deadline.after(Ticker.system(), patience);
        while (!peer.state().equals(state)) {
            if (deadline.isPast()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }
}
