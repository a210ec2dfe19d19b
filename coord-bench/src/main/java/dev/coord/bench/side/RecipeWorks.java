package dev.coord.bench.side;

import dev.coord.bench.Load;
import dev.coord.bench.side.Recipes.Candidate;
import dev.coord.bench.side.Recipes.Mutex;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/** What is measured of locks and elections. */
final class RecipeWorks {
    static final List<Integer> CONTENDERS = List.of(1, 8, 100);
    static final String HANDOVER = "election.handover";

    private static final Ticker CLOCK = Ticker.system();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private RecipeWorks() {}

    static void offer(Works works, Recipes recipes) {
        for (int width : CONTENDERS) {
            works.add("lock." + width, window -> locks(recipes, width, window));
        }
        works.add(HANDOVER, window -> handOver(recipes, window));
    }

    private static Load.Figures locks(Recipes recipes, int width, Duration window) throws Exception {
        List<Mutex> contenders = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            contenders.add(recipes.mutex("/bench-lock-" + width));
        }
        return Load.byWorkers(width, window, worker -> {
            long began = CLOCK.nanos();
            contenders.get(worker).lock();
            contenders.get(worker).unlock();
            return CLOCK.nanos() - began;
        });
    }

    /** The latency is that from when a leader begins to leave until the other knows that it leads. */
    private static Load.Figures handOver(Recipes recipes, Duration window) throws Exception {
        String name = "/bench-election";
        LongStream.Builder samples = LongStream.builder();
        Candidate leader = recipes.stand(name, 0);
        leader.elected().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        long end = CLOCK.nanos() + window.toNanos();
        int side = 0;
        do {
            side = 1 - side;
            Candidate next = recipes.stand(name, side);
            awaitStanding(next);
            CompletableFuture<Long> electedAt = next.elected().thenApply(done -> CLOCK.nanos());
            long began = CLOCK.nanos();
            leader.leave();
            samples.add(electedAt.get(PATIENCE.toSeconds(), TimeUnit.SECONDS) - began);
            leader = next;
        } while (CLOCK.nanos() - end < 0);
        leader.leave();
        return Load.figures(samples.build().toArray());
    }

    private static void awaitStanding(Candidate next) throws Exception {
        long end = CLOCK.nanos() + PATIENCE.toNanos();
        while (next.standing() != 2) {
            if (CLOCK.nanos() - end > 0) {
                throw new IllegalStateException("a candidate stands, but nobody sees it");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
