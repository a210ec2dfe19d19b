package dev.coord.chaos;

import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for states of peers, by looking. */
public final class Waiting {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Waiting() {}

    /**
     * Waits for a condition.
     *
     * @param limit how long
     * @param condition is asked every 20 ms
     * @return how long it took, or a negative time if it did not come about
     */
    public static Duration time(Duration limit, BooleanSupplier condition) {
        long start = Ticker.system().nanos();
        while (!condition.getAsBoolean()) {
            if (Ticker.system().nanos() - start > limit.toNanos()) {
                return Duration.ofNanos(-1);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return Duration.ofNanos(Ticker.system().nanos() - start);
    }

    /**
     * Waits until a peer says that it is in a state.
     *
     * @param peer is asked
     * @param state as in {@link PeerProcess#state()}
     * @param limit how long
     * @return whether that came about
     */
    public static boolean state(PeerProcess peer, String state, Duration limit) {
        return !time(limit, () -> peer.state().equals(state)).isNegative();
    }

    /**
     * Waits until a process has ended.
     *
     * @param peer whose process
     * @param limit how long
     * @return whether that came about
     */
    public static boolean death(PeerProcess peer, Duration limit) {
        return !time(limit, () -> !peer.isAlive()).isNegative();
    }

    /**
     * Waits for what has to come about.
     *
     * @param limit how long
     * @param condition is asked every 20 ms
     * @throws IllegalStateException if it does not
     */
    public static void until(Duration limit, BooleanSupplier condition) {
        if (time(limit, condition).isNegative()) {
            throw new IllegalStateException("not within " + limit);
        }
    }

    /**
     * Waits until all peers take part and one leads.
     *
     * @param ensemble the peers
     * @param limit how long
     * @return who does not, or nothing
     */
    public static String whole(Ensemble ensemble, Duration limit) {
        Duration took = time(
                limit, () -> missing(ensemble).isEmpty() && ensemble.leader().isPresent());
        return took.isNegative() ? "after " + limit + " these take no part: " + missing(ensemble) : "";
    }

    /**
     * Waits until all peers take part and one leads.
     *
     * @param ensemble the peers
     * @param limit how long
     * @throws IllegalStateException if that does not come about
     */
    public static void untilWhole(Ensemble ensemble, Duration limit) {
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
