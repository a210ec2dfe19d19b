package dev.coord.bench.side;

import dev.coord.bench.Load;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;

/**
 * What is measured of watches: a key has many watchers, and a change is done when all of them have been told. Each watcher counts
 * its events: a change makes one for each.
 */
final class WatchWorks {
    static final List<Integer> WATCHERS = List.of(1_000, 10_000);
    static final int IN_FLIGHT = 16;

    private final Watching watching;
    private final String key;
    private final int watchers;
    private final AtomicReferenceArray<Change> changes = new AtomicReferenceArray<>(2 * IN_FLIGHT);
    private long changed;
    private boolean isWatched;

    private WatchWorks(Watching watching, int watchers) {
        this.watching = watching;
        this.watchers = watchers;
        this.key = key(watchers);
    }

    private static String key(int watchers) {
        return Keys.PARENT + "/watched-" + watchers;
    }

    static List<String> keys() {
        return WATCHERS.stream().map(WatchWorks::key).toList();
    }

    /** A change and who has not been told yet. */
    private record Change(AtomicInteger untold, CompletableFuture<Void> told) {}

    /** Offers works by the names of {@link #alone} and {@link #many}; the keys must exist. */
    static void offer(Works works, Watching watching) {
        for (int watchers : WATCHERS) {
            WatchWorks these = new WatchWorks(watching, watchers);
            works.add(alone(watchers), window -> these.run(1, window));
            works.add(many(watchers), window -> these.run(IN_FLIGHT, window));
        }
    }

    /** One change at a time. */
    static String alone(int watchers) {
        return "watch." + watchers + ".alone";
    }

    /** Some changes in flight. */
    static String many(int watchers) {
        return "watch." + watchers + ".many";
    }

    /** The rate is that of events, the latency that from a write's beginning until all have been told. */
    private Load.Figures run(int inFlight, Duration window) throws Exception {
        if (!isWatched) {
            isWatched = true;
            for (int i = 0; i < watchers; i++) {
                watching.watch(key, i, counting());
            }
        }
        Load.Figures changesFigures = Load.inFlight(inFlight, window, i -> change());
        return new Load.Figures(
                changesFigures.perSecond() * watchers, changesFigures.p50Micros(), changesFigures.p99Micros());
    }

    private CompletableFuture<?> change() {
        Change change = new Change(new AtomicInteger(watchers), new CompletableFuture<>());
        changes.set((int) (changed++ % changes.length()), change);
        return CompletableFuture.allOf(watching.change(key), change.told);
    }

    private IntConsumer counting() {
        long[] seen = new long[1];
        return events -> {
            for (int i = 0; i < events; i++) {
                Change change = changes.get((int) (seen[0]++ % changes.length()));
                if (change.untold.decrementAndGet() == 0) {
                    change.told.complete(null);
                }
            }
        };
    }
}
