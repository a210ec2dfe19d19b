package dev.coord.raft.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private final ArrayDeque<Runnable> executor = new ArrayDeque<>();
    private final Mailbox mailbox = new Mailbox(executor::add);
    private final List<String> ran = new ArrayList<>();

    @Test
    void leave_withoutNeed_wakesNobodyAndRunsBeforeTheNextTask() {
        mailbox.leave(() -> ran.add("left"), () -> false);
        assertThat(executor).isEmpty();
        mailbox.run(() -> ran.add("next"));
        assertThat(ran).containsExactly("left", "next");
    }

    @Test
    void leave_withNeed_isRunByTheExecutor() {
        mailbox.leave(() -> ran.add("left"), () -> true);
        assertThat(ran).isEmpty();
        executor.remove().run();
        assertThat(ran).containsExactly("left");
    }

    @Test
    void leave_whileSomebodyIsAtWork_isRunByHim() {
        mailbox.run(() -> {
            ran.add("first");
            mailbox.leave(() -> ran.add("left"), () -> false);
        });
        assertThat(ran).containsExactly("first", "left");
        assertThat(executor).isEmpty();
    }

    /** Waits for room as a proposer does: a task that finds none is taken up by what a left task frees. */
    @Test
    void leave_manyThreads_neverLeavesWorkBehindThatSomebodyWaitsFor() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Mailbox shared = new Mailbox(threads);
            AtomicInteger waiting = new AtomicInteger();
            for (int round = 0; round < 20_000; round++) {
                CountDownLatch served = new CountDownLatch(1);
                boolean[] room = {false};
                threads.execute(() -> shared.leave(
                        () -> {
                            room[0] = true;
                            if (waiting.get() > 0) {
                                waiting.set(0);
                                served.countDown();
                            }
                        },
                        () -> waiting.get() > 0));
                shared.run(() -> {
                    if (room[0]) {
                        served.countDown();
                    } else {
                        waiting.set(1);
                    }
                });
                assertThat(served.await(10, TimeUnit.SECONDS))
                        .as("round %d", round)
                        .isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
