package dev.coord.recipes.detector;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a heartbeat service does. Safe for use by any thread. */
final class Tallies {
    final LongAdder sent = new LongAdder();
    final LongAdder unsendable = new LongAdder();
    final LongAdder accepted = new LongAdder();
    private final Map<Refusal, LongAdder> refused = new EnumMap<>(Refusal.class);
    private final LongAdder pauses = new LongAdder();
    private final LongAdder paused = new LongAdder();

    Tallies() {
        // All of them now: the map is not written again, so that any thread may read it.
        for (Refusal reason : Refusal.values()) {
            refused.put(reason, new LongAdder());
        }
    }

    void refuse(Refusal reason) {
        requireNonNull(refused.get(reason)).increment();
    }

    void pause(long nanos) {
        pauses.increment();
        paused.add(nanos);
    }

    HeartbeatCounters counters() {
        Map<Refusal, Long> byReason = new EnumMap<>(Refusal.class);
        refused.forEach((reason, count) -> byReason.put(reason, count.sum()));
        return new HeartbeatCounters(
                sent.sum(), unsendable.sum(), accepted.sum(), byReason, pauses.sum(), Duration.ofNanos(paused.sum()));
    }
}
