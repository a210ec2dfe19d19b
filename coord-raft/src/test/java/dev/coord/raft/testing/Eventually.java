package dev.coord.raft.testing;

import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a state by looking at it again and again, with a deadline. */
public final class Eventually {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Eventually() {}

    /** Waits until the condition holds. */
    public static void until(Duration limit, String what, Callable<Boolean> condition) {
        until(limit, () -> what, condition);
    }

    /** Waits until the condition holds. */
    public static void until(String what, Callable<Boolean> condition) {
        until(LIMIT, () -> what, condition);
    }

    /** Waits until the condition holds; what is described when it did not. */
    public static void until(Supplier<String> what, Callable<Boolean> condition) {
        until(LIMIT, what, condition);
    }

    /** Waits until the condition holds; what is described when it did not. */
    public static void until(Duration limit, Supplier<String> what, Callable<Boolean> condition) {
        Deadline deadline = Deadline.after(Ticker.system(), limit);
        while (!holds(condition)) {
            if (deadline.isPast()) {
                throw new AssertionError("not within " + limit + ": " + what.get());
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static boolean holds(Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
