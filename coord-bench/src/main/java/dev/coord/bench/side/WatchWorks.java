package dev.coord.bench.side;

import static java.util.Objects.requireNonNull;

import dev.coord.bench.Load;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is measured of watches: a key has many watchers, and changes are done when all of them have been told. Each watcher counts
 * its events: a change makes one for each. When there are many changes they are counted in blocks: if each watcher took part in
 * a count of each change, that would cost more than to tell it.
 */
final class WatchWorks {
    static final List<Integer> WATCHERS = List.of(1_000, 10_000);
    static final int IN_FLIGHT = 256;
    private static final int BLOCK = 16;

    private final Watching watching;
    private final String key;
    private final int watchers;
    private final AtomicReferenceArray<Block> blocks = new AtomicReferenceArray<>(2 * IN_FLIGHT);
    private long issued;
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

    /** Changes in a row, and how many watchers have not been told all of them. */
    private record Block(int changes, AtomicInteger untold, CompletableFuture<Void> told) {
        void tell() {
            if (untold.decrementAndGet() == 0) {
                told.complete(null);
            }
        }
    }

    /** Offers works by the names of {@link #alone} and {@link #many}; the keys must exist. */
    static void offer(Works works, Watching watching) {
        for (int watchers : WATCHERS) {
            WatchWorks these = new WatchWorks(watching, watchers);
            works.add(alone(watchers), window -> these.run(1, 1, window));
            works.add(many(watchers), window -> these.run(IN_FLIGHT / BLOCK, BLOCK, window));
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

    /** The rate is that of events, the latency that from a block's beginning until all have been told. */
    private Load.Figures run(int blocksInFlight, int changes, Duration window) throws Exception {
        if (!isWatched) {
            isWatched = true;
            for (int i = 0; i < watchers; i++) {
                watching.watch(key, i, counting());
            }
        }
        Load.Figures figures = Load.inFlight(blocksInFlight, window, i -> change(changes));
        return new Load.Figures(figures.perSecond() * changes * watchers, figures.p50Micros(), figures.p99Micros());
    }

    private CompletableFuture<?> change(int changes) {
        Block block = new Block(changes, new AtomicInteger(watchers), new CompletableFuture<>());
        blocks.set((int) (issued++ % blocks.length()), block);
        CompletableFuture<?> all = block.told;
        for (int i = 0; i < changes; i++) {
            all = CompletableFuture.allOf(all, watching.change(key));
        }
        return all;
    }

    private IntConsumer counting() {
        return new IntConsumer() {
            private long next;
            private @Nullable Block block;
            private int left;

            @Override
            public void accept(int events) {
                for (int i = 0; i < events; i++) {
                    if (block == null) {
                        block = requireNonNull(blocks.get((int) (next++ % blocks.length())));
                        left = block.changes;
                    }
                    if (--left == 0) {
                        block.tell();
                        block = null;
                    }
                }
            }
        };
    }
}
