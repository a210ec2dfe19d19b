package dev.coord.recipes.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.FencedException;
import dev.coord.LimitExceededException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FenceGuardTest {
    private final FenceGuard guard = FenceGuard.inMemory();

    @Test
    void token_isAcceptedUnlessAGreaterOneWas() {
        assertThat(guard.greatest("file")).isEmpty();
        assertThat(guard.tryAccept("file", 5)).isTrue();
        assertThat(guard.tryAccept("file", 5)).as("the same holder again").isTrue();
        assertThat(guard.tryAccept("file", 4)).isFalse();
        guard.check("file", 9);
        assertThatThrownBy(() -> guard.check("file", 8))
                .isInstanceOf(FencedException.class)
                .hasMessageContaining("token 8 for file")
                .hasMessageContaining("9 was accepted");
        assertThat(guard.greatest("file")).hasValue(9);
    }

    @Test
    void resources_doNotMeet() {
        guard.check("a", 9);
        guard.check("b", 1);
        assertThat(guard.greatest("a")).hasValue(9);
        assertThat(guard.greatest("b")).hasValue(1);
    }

    @Test
    void misuse_isToldAndChangesNothing() {
        for (long token : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> guard.check("file", token)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String name : List.of("", "x".repeat(256))) {
            assertThatThrownBy(() -> guard.tryAccept(name, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> guard.greatest(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> guard.forget(name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> guard.check(null, 1)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> guard.write("file", 1, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> FenceGuard.inMemory(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(guard.greatest("file")).isEmpty();
    }

    @Test
    void resourcesPastTheBound_areRefused_untilOneIsForgotten() {
        FenceGuard small = FenceGuard.inMemory(2);
        small.check("a", 1);
        small.check("b", 1);
        assertThatThrownBy(() -> small.check("c", 1))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("2 resources");
        small.check("a", 2);
        small.forget("a");
        small.forget("a");
        small.forget("unknown");
        small.check("c", 1);
        assertThatThrownBy(() -> small.check("a", 3)).isInstanceOf(LimitExceededException.class);
        assertThat(small.greatest("a")).isEmpty();
    }

    @Test
    void write_runsUnderAnAcceptedTokenOnly() throws Exception {
        assertThat(guard.<String, RuntimeException>write("file", 5, () -> "written"))
                .isEqualTo("written");
        assertThatThrownBy(() -> guard.write("file", 4, () -> {
                    throw new AssertionError("must not run");
                }))
                .isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> guard.write("file", 6, () -> {
                    throw new IOException("disk full");
                }))
                .isInstanceOf(IOException.class);
        assertThat(guard.tryAccept("file", 5)).as("6 stays accepted").isFalse();
    }

    @Test
    void write_letsNoOtherBeAcceptedMeanwhile() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        List<String> done = new ArrayList<>();
        FutureTask<Boolean> old = start(() -> guard.write("file", 1, () -> {
            writing.countDown();
            mayEnd.await();
            return done.add("old");
        }));
        writing.await();
        FutureTask<Boolean> newer = new FutureTask<>(() -> guard.write("file", 2, () -> done.add("newer")));
        Thread waiting = new Thread(newer);
        waiting.start();
        untilItWaits(waiting);
        guard.check("other", 1);
        mayEnd.countDown();
        assertThat(newer.get()).isTrue();
        assertThat(old.get()).isTrue();
        assertThat(done).containsExactly("old", "newer");
    }

    @Test
    void write_isInterruptible_whileOthersWrite() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        FutureTask<Void> holder = start(() -> guard.write("file", 1, () -> {
            writing.countDown();
            mayEnd.await();
            return null;
        }));
        writing.await();
        FutureTask<Void> other = new FutureTask<>(() -> guard.write("file", 2, () -> {
            throw new AssertionError("must not run");
        }));
        Thread waiting = new Thread(other);
        waiting.start();
        untilItWaits(waiting);
        waiting.interrupt();
        assertThatThrownBy(other::get).hasCauseInstanceOf(InterruptedException.class);
        mayEnd.countDown();
        holder.get();
        assertThat(guard.greatest("file")).hasValue(1);
    }

    @Test
    void randomCalls_agreeWithAMapOfMaxima() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            FenceGuard tested = FenceGuard.inMemory(3);
            Map<String, Long> model = new HashMap<>();
            for (int step = 0; step < 60; step++) {
                String name = "r" + random.nextInt(4);
                if (random.nextInt(10) == 0) {
                    tested.forget(name);
                    model.remove(name);
                    continue;
                }
                long token = 1 + random.nextInt(12);
                String expected = outcome(model, name, token);
                assertThat(outcome(tested, name, token))
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(expected);
            }
        }
    }

    private static String outcome(Map<String, Long> model, String name, long token) {
        if (!model.containsKey(name) && model.size() == 3) {
            return "no room";
        }
        boolean accepted = model.getOrDefault(name, 0L) <= token;
        model.merge(name, token, Math::max);
        return accepted + " " + model.get(name);
    }

    private static String outcome(FenceGuard tested, String name, long token) {
        try {
            return tested.tryAccept(name, token) + " " + tested.greatest(name).getAsLong();
        } catch (LimitExceededException e) {
            return "no room";
        }
    }

    @Test
    void concurrentWrites_areOneAtATime_andTheirTokensNeverDecrease() throws Exception {
        int threads = 4;
        List<Long> written = new ArrayList<>(); // unguarded: that is what the guard is for
        AtomicInteger refused = new AtomicInteger();
        inParallel(threads, thread -> {
            Random random = new Random(thread);
            for (int i = 1; i <= 2_000; i++) {
                long token = i + random.nextInt(20);
                try {
                    guard.write("file", token, () -> written.add(token));
                } catch (FencedException e) {
                    refused.incrementAndGet();
                }
            }
        });
        assertThat(written).hasSize(threads * 2_000 - refused.get()).isSorted();
        assertThat(guard.greatest("file")).hasValue(written.get(written.size() - 1));
    }

    @Test
    void forgetting_amidWrites_letsNoTwoRunAtOnce() throws Exception {
        FenceGuard one = FenceGuard.inMemory(1);
        AtomicInteger inside = new AtomicInteger();
        inParallel(4, thread -> {
            for (int i = 0; i < 2_000; i++) {
                if (thread == 0) {
                    one.forget("file");
                } else {
                    one.write("file", 1, () -> {
                        assertThat(inside.incrementAndGet()).isEqualTo(1);
                        return inside.decrementAndGet();
                    });
                }
            }
        });
    }

    private interface Work {
        void run(int thread) throws Exception;
    }

    private static void inParallel(int threads, Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                all.add(pool.submit(() -> {
                    work.run(thread);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static <T> FutureTask<T> start(Callable<T> code) {
        FutureTask<T> task = new FutureTask<>(code);
        new Thread(task).start();
        return task;
    }

    private static void untilItWaits(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }
}
