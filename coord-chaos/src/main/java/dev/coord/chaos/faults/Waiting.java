package dev.coord.chaos.faults;

import dev.coord.chaos.Ensemble;
import dev.coord.chaos.PeerProcess;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for states of peers, by looking. */
final class Waiting {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Waiting() {}

    /** Returns how long it took, or a negative time if it did not come about. */
    static Duration time(Duration limit, BooleanSupplier condition) {
        long start = Ticker.system().nanos();
        while (!condition.getAsBoolean()) {
            if (Ticker.system().nanos() - start > limit.toNanos()) {
                return Duration.ofNanos(-1);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return Duration.ofNanos(Ticker.system().nanos() - start);
    }

    static void until(Duration limit, BooleanSupplier condition) {
        if (time(limit, condition).isNegative()) {
            throw new IllegalStateException("not within " + limit);
        }
    }

    /** Waits until all peers take part and one leads; returns who does not, or nothing. */
    static String whole(Ensemble ensemble, Duration limit) {
        Duration took = time(
                limit, () -> missing(ensemble).isEmpty() && ensemble.leader().isPresent());
        return took.isNegative() ? "after " + limit + " these take no part: " + missing(ensemble) : "";
    }

    static void untilWhole(Ensemble ensemble, Duration limit) {
        String problem = whole(ensemble, limit);
        if (!problem.isEmpty()) {
            throw new IllegalStateException(problem);
        }
    }

    private static List<String> missing(Ensemble ensemble) {
        return ensemble.peers().stream()
                .filter(peer -> !peer.isAlive() || !peer.state().equals("RUNNING"))
                .map(PeerProcess::id)
                .toList();
    }
}
