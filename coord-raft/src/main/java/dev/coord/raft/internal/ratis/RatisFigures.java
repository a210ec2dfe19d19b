package dev.coord.raft.internal.ratis;

import dev.coord.time.Ticker;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.Timekeeper;

/**
 * What Ratis tells of itself at one peer, as often as its Raft is opened. It is counted once somebody {@linkplain #watch() looks};
 * until then it costs the reading of a flag, and what is no {@link RatisFigure} nothing at all. Safe for use by any thread.
 */
public final class RatisFigures {
    private static final Timekeeper.Context NO_TIME = () -> 0;
    static final Timekeeper NO_TIMER = () -> NO_TIME;
    static final LongCounter NO_COUNTER = new LongCounter() {
        @Override
        public void inc(long n) {}

        @Override
        public void dec(long n) {}

        @Override
        public long getCount() {
            return 0;
        }
    };

    private final Ticker ticker;
    private final Map<RatisFigure, Counted> counted = new EnumMap<>(RatisFigure.class);
    private final Map<String, Counted> byKey = new HashMap<>();
    private final Map<String, Supplier<?>> gauges = new ConcurrentHashMap<>();
    private volatile boolean watched;

    /** Creates figures that read 0. */
    public RatisFigures(Ticker ticker) {
        this.ticker = ticker;
        for (RatisFigure figure : RatisFigure.values()) {
            Counted count = new Counted();
            counted.put(figure, count);
            byKey.put(figure.key(), count);
        }
    }

    /** Begins to count, for good. */
    public void watch() {
        watched = true;
    }

    /** How often it happened. */
    public long count(RatisFigure figure) {
        return of(figure).count.sum();
    }

    /** How long it took, all together. */
    public long totalNanos(RatisFigure figure) {
        return of(figure).nanos.sum();
    }

    private Counted of(RatisFigure figure) {
        Counted count = counted.get(figure);
        if (count == null) {
            throw new AssertionError(figure);
        }
        return count;
    }

    /** What it is at the moment; not a number if Ratis does not say. */
    public double value(RatisFigure figure) {
        return value(figure.key());
    }

    /** What it is of a member at the moment; not a number if Ratis does not say. */
    public double value(RatisFigure figure, String member) {
        return value(figure.key(member));
    }

    private double value(String key) {
        Supplier<?> gauge = gauges.get(key);
        try {
            return gauge != null && gauge.get() instanceof Number number ? number.doubleValue() : Double.NaN;
        } catch (RuntimeException e) {
            return Double.NaN; // of something that is being closed
        }
    }

    // ---- what Ratis calls

    Timekeeper timer(String key) {
        Counted count = byKey.get(key);
        return count == null ? NO_TIMER : count;
    }

    LongCounter counter(String key) {
        Counted count = byKey.get(key);
        return count == null ? NO_COUNTER : count;
    }

    void gauge(String key, Supplier<?> value) {
        gauges.put(key, value);
    }

    boolean removeGauge(String key) {
        return gauges.remove(key) != null;
    }

    /** Forgets what can be read of a node that was closed. */
    void closed() {
        gauges.clear();
    }

    /** A counter, or a timer. */
    private final class Counted implements LongCounter, Timekeeper {
        final LongAdder count = new LongAdder();
        final LongAdder nanos = new LongAdder();

        @Override
        public void inc(long n) {
            if (watched) {
                count.add(n);
            }
        }

        @Override
        public void dec(long n) {
            inc(-n);
        }

        @Override
        public long getCount() {
            return count.sum();
        }

        @Override
        public Context time() {
            return watched ? new Timing(ticker.nanos()) : NO_TIME;
        }

        /** A time that is being taken. */
        private final class Timing implements Context {
            private final long began;

            Timing(long began) {
                this.began = began;
            }

            @Override
            public long stop() {
                long took = ticker.nanos() - began;
                count.increment();
                nanos.add(took);
                return took;
            }
        }
    }
}
