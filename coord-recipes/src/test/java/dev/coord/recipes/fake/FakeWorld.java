package dev.coord.recipes.fake;

import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Manual time and the tasks on it. Tasks run on the thread that steps the world; any thread may post. With a seed,
 * everything takes a random while; without, nothing takes time but what is told to.
 */
public final class FakeWorld {
    private record Task(long at, long number, @Nullable FakeCoord owner, Runnable action) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final @Nullable Random random;
    private final List<FakeCoord> coords = new ArrayList<>();
    private final FakeStore store = new FakeStore(this);
    private volatile long now = 1_000_000_000L;
    private long numbers;
    private Runnable afterEachStep = () -> {};

    private FakeWorld(@Nullable Random random) {
        this.random = random;
    }

    public static FakeWorld instant() {
        return new FakeWorld(null);
    }

    public static FakeWorld random(Random random) {
        return new FakeWorld(random);
    }

    public FakeCoord join(Duration ttl) {
        FakeCoord coord = new FakeCoord(this, ttl);
        coords.add(coord);
        return coord;
    }

    public FakeStore store() {
        return store;
    }

    public Ticker ticker() {
        return () -> now;
    }

    public void afterEachStep(Runnable check) {
        afterEachStep = check;
    }

    /** Runs what is due, without advancing the time. */
    public void settle() {
        runUntil(now);
    }

    public void advance(Duration time) {
        runUntil(now + time.toNanos());
    }

    private void runUntil(long end) {
        for (Task task = take(end); task != null; task = take(end)) {
            now = Math.max(now, task.at);
            if (task.owner != null && task.owner.isPaused()) {
                post(task.owner, task.owner.pausedUntil() - now, task.action);
            } else {
                task.action.run();
            }
            afterEachStep.run();
        }
        now = end;
    }

    /** Settles again and again, for other threads post too; fails after ten seconds of real time. */
    public void settleUntil(BooleanSupplier condition) {
        long giveUp = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            settle();
            if (System.nanoTime() > giveUp) {
                throw new AssertionError("not in time");
            }
            Thread.onSpinWait();
        }
    }

    /** Runs something that blocks on a thread of its own, while this one steps the world. */
    public <T> T blocking(Callable<T> call) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        startBlocking(call, result);
        settleUntil(result::isDone);
        return result.get();
    }

    public static <T> Thread startBlocking(Callable<T> call, CompletableFuture<T> result) {
        Thread thread = new Thread(() -> {
            try {
                result.complete(call.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private synchronized @Nullable Task take(long end) {
        Task next = tasks.peek();
        return next == null || next.at > end ? null : tasks.remove();
    }

    synchronized Runnable post(@Nullable FakeCoord owner, long delayNanos, Runnable action) {
        Task task = new Task(now + Math.max(0, delayNanos), numbers++, owner, action);
        tasks.add(task);
        return () -> cancel(task);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    long now() {
        return now;
    }

    /** How long a message or a hand-over between threads takes. */
    synchronized long delay() {
        if (random == null) {
            return 0;
        }
        return random.nextInt(8) == 0 ? random.nextInt(400_000_000) : random.nextInt(5_000_000);
    }

    synchronized boolean chance(int oneIn) {
        return random != null && random.nextInt(oneIn) == 0;
    }

    void committed() {
        coords.forEach(coord -> coord.replicate(store.revision()));
    }
}
