package dev.coord.chaos.run;

import dev.coord.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * When the driver itself did not run, as on a machine that stops everything for a while to measure something else. A gap
 * without writes that lies there is no figure of the peers.
 */
final class Stalls implements AutoCloseable {
    private static final Ticker TICKER = Ticker.system();
    private static final long LOOK_NANOS = 20_000_000;
    private static final long STALL_NANOS = 1_000_000_000;

    private final List<Stall> all = new ArrayList<>();
    private final Thread thread = new Thread(this::look, "chaos-stalls");
    private volatile boolean closed;

    private record Stall(long fromNanos, long toNanos) {}

    Stalls() {
        thread.setDaemon(true);
        thread.start();
    }

    private void look() {
        long last = TICKER.nanos();
        while (!closed) {
            LockSupport.parkNanos(LOOK_NANOS);
            long now = TICKER.nanos();
            if (now - last > STALL_NANOS) {
                note(new Stall(last, now));
            }
            last = now;
        }
    }

    private synchronized void note(Stall stall) {
        all.add(stall);
    }

    synchronized boolean overlaps(long fromNanos, long toNanos) {
        return all.stream().anyMatch(stall -> stall.fromNanos() - toNanos < 0 && stall.toNanos() - fromNanos > 0);
    }

    /** How long the driver did not run, all in all. */
    synchronized long totalMillis() {
        return all.stream()
                .mapToLong(stall -> (stall.toNanos() - stall.fromNanos()) / 1_000_000)
                .sum();
    }

    @Override
    public void close() {
        closed = true;
    }
}
