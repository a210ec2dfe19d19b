package dev.coord.chaos.load;

import dev.coord.time.Ticker;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** So many turns a second for all together, evenly; what was missed is not made up for. */
final class Pace {
    private static final Ticker TICKER = Ticker.system();
    private static final long SECOND = 1_000_000_000L;

    private final long interval;
    private final AtomicLong next = new AtomicLong(TICKER.nanos());

    Pace(int aSecond) {
        interval = SECOND / aSecond;
    }

    void await() {
        long turn = next.updateAndGet(last -> Math.max(last, TICKER.nanos() - interval) + interval);
        for (long left = turn - TICKER.nanos(); left > 0; left = turn - TICKER.nanos()) {
            LockSupport.parkNanos(left);
        }
    }
}
