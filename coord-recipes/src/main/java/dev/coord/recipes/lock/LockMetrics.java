package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.HoldListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts in a Micrometer registry what becomes of requests for a lock, or for several that are to be counted as one. Needs
 * {@code micrometer-core}, which Coord does not bring along. Give it to {@link Acquirable#withListener}; the meters, which are listed
 * in {@code docs/metrics.md}, tell of what is requested through what that returns.
 */
public final class LockMetrics implements HoldListener {
    private static final String PREFIX = "coord.lock.";

    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private final Timer acquired;
    private final Timer released;
    private final Counter busy;
    private final Counter failed;
    private final Counter lost;

    /**
     * Creates the listener and registers its meters.
     *
     * @param registry where to count
     * @param name what to call the lock in the tag {@code lock}: its path, or the name of many if there are many
     */
    public LockMetrics(MeterRegistry registry, String name) {
        Tags tags = Tags.of("lock", requireNonNull(name, "name"));
        acquired = timer(registry, tags, "acquired", "From request to grant");
        released = timer(registry, tags, "released", "From grant to release");
        busy = counter(registry, tags, "busy", "Requests that others were in the way of for too long");
        failed = counter(registry, tags, "failed", "Requests that failed or were given up");
        lost = counter(registry, tags, "lost", "Grants lost while they were held");
        gauge(registry, tags, "waiting", "Requests made here and not ended", waiting);
        gauge(registry, tags, "held", "Grants held here", held);
    }

    private static Timer timer(MeterRegistry registry, Tags tags, String name, String what) {
        return Timer.builder(PREFIX + name).description(what).tags(tags).register(registry);
    }

    private static Counter counter(MeterRegistry registry, Tags tags, String name, String what) {
        return Counter.builder(PREFIX + name).description(what).tags(tags).register(registry);
    }

    private static void gauge(MeterRegistry registry, Tags tags, String name, String what, AtomicInteger value) {
        Gauge.builder(PREFIX + name, value, AtomicInteger::get)
                .description(what)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void onRequested() {
        waiting.incrementAndGet();
    }

    @Override
    public void onGranted(Duration waited) {
        waiting.decrementAndGet();
        held.incrementAndGet();
        acquired.record(waited);
    }

    @Override
    public void onBusy(Duration waited) {
        waiting.decrementAndGet();
        busy.increment();
    }

    @Override
    public void onFailed(Duration waited, Throwable failure) {
        waiting.decrementAndGet();
        failed.increment();
    }

    @Override
    public void onReleased(Duration time) {
        held.decrementAndGet();
        released.record(time);
    }

    @Override
    public void onLost(Duration time) {
        held.decrementAndGet();
        lost.increment();
    }
}
