package dev.coord.recipes.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TellerTest {
    private final Queue<Runnable> submitted = new ArrayDeque<>();
    private final List<Integer> told = new ArrayList<>();

    @Test
    void calls_areMadeOnTheExecutor_oneAtATime_inOrder() {
        Teller teller = new Teller(submitted::add);
        for (int i = 0; i < 3; i++) {
            int word = i;
            teller.tell(() -> told.add(word));
        }
        assertThat(told).isEmpty();
        assertThat(submitted).hasSize(1);
        submitted.remove().run();
        assertThat(told).containsExactly(0);
        assertThat(submitted).hasSize(1);
        submitted.remove().run();
        submitted.remove().run();
        assertThat(told).containsExactly(0, 1, 2);
        assertThat(submitted).isEmpty();
    }

    @Test
    void callThatThrows_isTheExecutorsBusiness_andTheNextIsMade() {
        Teller teller = new Teller(submitted::add);
        teller.tell(() -> {
            throw new IllegalStateException("of the listener");
        });
        teller.tell(() -> told.add(1));
        assertThatThrownBy(() -> submitted.remove().run()).hasMessage("of the listener");
        submitted.remove().run();
        assertThat(told).containsExactly(1);
    }

    @Test
    void executorThatIsShutDown_leavesTheCallsToTheTeller() {
        Teller teller = new Teller(task -> {
            throw new RejectedExecutionException();
        });
        teller.tell(() -> {
            told.add(1);
            teller.tell(() -> told.add(2));
        });
        assertThat(told).containsExactly(1, 2);
    }

    @Test
    void manyCallsThatQueued_areMadeInOrder_whereTheTellerCalls() {
        for (Executor executor : List.<Executor>of(Runnable::run, task -> {
            throw new RejectedExecutionException();
        })) {
            told.clear();
            Teller teller = new Teller(executor);
            teller.tell(() -> {
                for (int i = 0; i < 100_000; i++) {
                    int word = i;
                    teller.tell(() -> told.add(word));
                }
                assertThat(told).isEmpty();
            });
            assertThat(told).hasSize(100_000).isSorted();
        }
    }

    @Test
    void callThatThrowsWhereTheTellerCalls_isThrownWhenAllWereMade() {
        Teller teller = new Teller(Runnable::run);
        RuntimeException thrown = new RejectedExecutionException("of the listener");
        assertThatThrownBy(() -> teller.tell(() -> {
                    teller.tell(() -> told.add(1));
                    throw thrown;
                }))
                .isSameAs(thrown);
        teller.tell(() -> told.add(2));
        assertThat(told).containsExactly(1, 2);
    }

    @Test
    void calls_askedForByManyThreads_areAllMade_neverTwoAtOnce() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            Teller teller = new Teller(pool);
            int each = 5_000;
            int[] count = new int[1]; // written by one call at a time, seen by the next
            CountDownLatch left = new CountDownLatch(4 * each);
            for (int thread = 0; thread < 4; thread++) {
                pool.execute(() -> {
                    for (int i = 0; i < each; i++) {
                        teller.tell(() -> {
                            count[0]++;
                            left.countDown();
                        });
                    }
                });
            }
            assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(count[0]).isEqualTo(4 * each);
        } finally {
            pool.shutdown();
            assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
