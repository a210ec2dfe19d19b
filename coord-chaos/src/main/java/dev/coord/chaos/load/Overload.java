package dev.coord.chaos.load;

import dev.coord.CoordException;
import dev.coord.LimitExceededException;
import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import dev.coord.kv.Kv;
import dev.coord.kv.Value;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Users who ask for fifty times what their sessions may have in flight, all at once. */
final class Overload implements Fault {
    private static final Duration TTL = Duration.ofSeconds(8);
    private static final int TIMES = 50;
    private static final int KEYS = 64;

    private final Shared shared;
    private final int inFlight;
    private long bursts;

    /** Sessions may have so many operations in flight. */
    Overload(Shared shared, int inFlight) {
        this.shared = shared;
        this.inFlight = inFlight;
    }

    @Override
    public String kind() {
        return "overload";
    }

    @Override
    public Injection inject(Scene scene) throws IOException, InterruptedException {
        List<Handle> flooding = new ArrayList<>();
        for (int peer = 0; peer < shared.handles().peers(); peer++) {
            Optional<Handle> opened = shared.handles().open("flood", peer, TTL);
            flooding.add(opened.orElseThrow(() -> new IOException("no session before the flood")));
        }
        Tally tally = new Tally();
        Queue<CompletableFuture<?>> all = new ConcurrentLinkedQueue<>();
        bursts++;
        List<Thread> threads = new ArrayList<>();
        for (Handle handle : flooding) {
            Thread thread = new Thread(() -> flood(handle, tally, all), "flood-" + handle.process());
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return () -> heal(flooding, all, tally);
    }

    /** What became of them. */
    private record Tally(LongAdder done, LongAdder refused, LongAdder other) {
        Tally() {
            this(new LongAdder(), new LongAdder(), new LongAdder());
        }

        void count(@Nullable Throwable error) {
            (error == null ? done : error instanceof LimitExceededException ? refused : other).increment();
        }
    }

    private void flood(Handle handle, Tally tally, Queue<CompletableFuture<?>> all) {
        Kv kv = handle.coord().kv();
        for (int i = 0; i < TIMES * inFlight; i++) {
            String key = "/flood/" + bursts + "/" + handle.process() + "/" + i % KEYS;
            all.add(kv.putAsync(key, Value.of(Integer.toString(i))).handle((revision, error) -> {
                tally.count(error);
                return true;
            }));
        }
    }

    private Proof heal(List<Handle> flooding, Queue<CompletableFuture<?>> all, Tally tally)
            throws InterruptedException {
        Settled.await(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
        for (Handle handle : flooding) {
            checkAlive(handle);
            handle.close();
        }

        shared.counts().add("operations", tally.done().sum());
        String evidence = TIMES + " times " + inFlight + " at each peer: " + tally.done() + " done, " + tally.refused()
                + " refused, " + tally.other() + " failed otherwise";
        return tally.refused().sum() > 0 && tally.done().sum() > 0 ? Proof.of(evidence) : Proof.none(evidence);
    }

    /** A flood must not keep keep-alives from coming through. */
    private void checkAlive(Handle handle) throws InterruptedException {
        try {
            handle.coord().kv().get("/flood");
        } catch (CoordException e) {
            shared.findings().add(handle.process() + " did not outlive the flood: " + e);
        }
    }
}
