package dev.coord.raft.internal.ratis;

import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a state by looking at it, with a deadline. */
final class Await {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Await() {}

    static void until(Supplier<String> what, BooleanSupplier condition) {
        Deadline deadline = Deadline.after(Ticker.system(), LIMIT);
        while (!condition.getAsBoolean()) {
            if (deadline.isPast()) {
                throw new AssertionError("not within " + LIMIT + ": " + what.get());
            }
            LockSupport.parkNanos(500_000);
        }
    }
}
