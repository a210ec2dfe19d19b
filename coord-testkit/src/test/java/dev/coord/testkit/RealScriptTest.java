package dev.coord.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.raft.LocalCluster.Network;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Blocking code beside real peers, and how the test waits for it. */
@Timeout(120)
class RealScriptTest {
    private static final Duration LONG = Duration.ofDays(1);

    private final Leftovers leftovers = new Leftovers();

    private static TestCluster start() {
        return RealCluster.start(new ClusterSettings(1, Duration.ofSeconds(5), 1_000), Network.MEMORY);
    }

    @Test
    void scripts_runBesideTheTest_andEndWithTheCluster() throws Exception {
        CompletableFuture<String> sleeper;
        CompletableFuture<String> waiter;
        CountDownLatch asleep = new CountDownLatch(1);
        try (TestCluster cluster = start()) {
            CompletableFuture<String> thread = cluster.run("n1", () -> {
                cluster.coord("n1").kv().put("/by-script", "1");
                cluster.sleep(Duration.ofMillis(5));
                return (Thread.currentThread().isDaemon() ? "daemon " : "")
                        + Thread.currentThread().getName();
            });
            assertThat(cluster.await(thread)).isEqualTo("daemon coord-n1-script-1");
            cluster.runUntil(() -> cluster.coord("n1").kv().get("/by-script").isPresent());
            sleeper = cluster.run("n1", () -> {
                asleep.countDown();
                cluster.sleep(LONG);
                return "slept";
            });
            waiter = cluster.run("n1", () -> {
                new CountDownLatch(1).await();
                return "waited";
            });
            asleep.await();
            assertThatThrownBy(() -> cluster.run("n9", () -> null)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(sleeper::join).hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(waiter::join).hasCauseInstanceOf(InterruptedException.class);
        leftovers.assertNoThreads();
    }

    @Test
    void failures_areTheScriptsOwn_andNonsenseIsRefused() {
        try (TestCluster cluster = start()) {
            AssertionError failure = new AssertionError("seen by the script");
            assertThatThrownBy(() -> cluster.await(cluster.run("n1", () -> {
                        throw failure;
                    })))
                    .isSameAs(failure);
            assertThatThrownBy(() -> cluster.runUntil(() -> {
                        throw new IOException("no disk");
                    }))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("no disk");
            assertThatThrownBy(() -> cluster.advance(Duration.ofNanos(-1)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> cluster.sleep(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> cluster.faults().cut("n1", "n1")).isInstanceOf(IllegalArgumentException.class);
            cluster.faults().crash("n1");
            assertThatThrownBy(() -> cluster.run("n1", () -> null)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> cluster.runUntil("the moon is blue", Duration.ofMillis(5), () -> false))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("the moon is blue; crashed: n1");
        }
    }
}
