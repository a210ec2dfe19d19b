package dev.coord.raft.testing;

import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a state by looking at it, with a deadline. */
public final class Eventually {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Eventually() {}

    /** Waits up to 20 s for the condition. */
    public static void eventually(String what, Callable<Boolean> condition) throws Exception {
        eventually(what, LIMIT, condition);
    }

    /** Waits for the condition, and fails with what was waited for. */
    public static void eventually(String what, Duration limit, Callable<Boolean> condition) throws Exception {
        Deadline deadline = Deadline.after(Ticker.system(), limit);
        while (!condition.call()) {
            if (deadline.isPast()) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
