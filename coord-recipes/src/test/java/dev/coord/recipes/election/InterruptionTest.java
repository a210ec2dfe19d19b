package dev.coord.recipes.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

@Timeout(60)
@Isolated("its threads race each other, which takes ages beside others")
class InterruptionTest {

    @Test
    void interrupt_givenWhileTheTaskRuns_reachesIt_andIsTakenBackIfNotNoticed() {
        Interruption interruption = new Interruption();
        interruption.give();
        interruption.give();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(interruption.end()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        interruption.give();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(interruption.end()).isTrue();
    }

    @Test
    void interrupt_byOthers_isKept() {
        Interruption interruption = new Interruption();
        Thread.currentThread().interrupt();
        assertThat(interruption.end()).isFalse();
        assertThat(Thread.interrupted()).isTrue();

        Interruption given = new Interruption();
        given.give();
        given.end();
        Thread.currentThread().interrupt();
        given.end();
        assertThat(Thread.interrupted()).as("one that came after the end").isTrue();
    }

    @Test
    void interrupt_thatMeetsTheEnd_isNeverStray() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            int reached = 0;
            for (int round = 0; round < 20_000; round++) {
                Interruption interruption = new Interruption();
                CompletableFuture<Void> given = CompletableFuture.runAsync(interruption::give, other);
                for (int spin = 0; spin < round % 50; spin++) {
                    Thread.onSpinWait();
                }
                reached += interruption.end() ? 1 : 0;
                while (!given.isDone()) {
                    Thread.onSpinWait();
                }
                assertThat(Thread.interrupted()).as("round " + round).isFalse();
            }
            assertThat(reached).as("rounds in which it came in time").isBetween(1, 20_000);
        } finally {
            other.shutdown();
            assertThat(other.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
