package dev.coord.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.ClosedException;
import dev.coord.Coord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Blocking code as processes of a simulation. */
class SimulatedScriptTest {
    private final SimulatedCluster cluster = SimulatedCluster.start(3, 8);

    @AfterEach
    void close() {
        cluster.close();
        assertThat(threads()).isEmpty();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("coord-"))
                .toList();
    }

    private static Throwable errorOf(CompletableFuture<?> failed) {
        assertThat(failed).isCompletedExceptionally();
        return failed.handle((value, error) -> error).join();
    }

    @Test
    void scripts_blockAndSleep_whileOthersGoOn() {
        List<String> story = new ArrayList<>();
        List<CompletableFuture<Long>> scripts = new ArrayList<>();
        for (String id : cluster.ids()) {
            scripts.add(cluster.run(id, () -> {
                Coord coord = cluster.coord(id);
                long revision = 0;
                for (int i = 0; i < 4; i++) {
                    revision = coord.kv().put("/" + id, "v" + i);
                    story.add(id);
                    cluster.sleep(Duration.ofSeconds(1));
                }
                return revision;
            }));
        }
        scripts.forEach(cluster::await);
        assertThat(story).hasSize(12);
        assertThat(story.subList(0, 3)).containsExactlyInAnyOrder("n1", "n2", "n3");
        assertThat(cluster.elapsed()).isBetween(Duration.ofMillis(3_900), Duration.ofMillis(4_500));
    }

    @Test
    void script_ofAPausedPeer_goesOnWhenResumed() {
        List<Duration> beats = new ArrayList<>();
        CompletableFuture<Object> script = cluster.run("n1", () -> {
            for (int i = 0; i < 10; i++) {
                cluster.sleep(Duration.ofSeconds(1));
                beats.add(cluster.elapsed());
            }
            return null;
        });
        cluster.advance(Duration.ofMillis(2_500));
        cluster.faults().pause("n1");
        cluster.advance(Duration.ofMinutes(1));
        assertThat(beats).hasSize(2);
        cluster.faults().resume("n1");
        cluster.await(script);
        assertThat(beats.get(2)).isGreaterThan(Duration.ofMinutes(1));
    }

    @Test
    void script_ofACrashedPeer_ends() {
        Coord coord = cluster.coord("n1");
        CompletableFuture<Object> sleeper = cluster.run("n1", () -> {
            cluster.sleep(Duration.ofDays(1));
            return null;
        });
        cluster.faults().partition(cluster.ids().stream().map(List::of).toList());
        CompletableFuture<Long> writer = cluster.run("n1", () -> coord.kv().put("/a", "1"));
        cluster.advance(Duration.ofSeconds(1));
        assertThat(sleeper).isNotDone();
        assertThat(writer).isNotDone();
        cluster.faults().crash("n1");
        cluster.advance(Duration.ofSeconds(1));
        assertThat(errorOf(sleeper)).isInstanceOf(IllegalStateException.class).hasMessageContaining("crashed");
        assertThat(errorOf(writer)).isInstanceOf(ClosedException.class);
    }

    @Test
    void scripts_stillWaitingAtTheClose_end() {
        CompletableFuture<Object> patient = cluster.run("n2", () -> {
            cluster.runUntil("doomsday", Duration.ofDays(400), () -> false);
            return null;
        });
        cluster.advance(Duration.ofSeconds(1));
        cluster.faults().pause("n3");
        CompletableFuture<Object> neverBegun = cluster.run("n3", () -> null);
        cluster.close();
        assertThat(patient).isCompletedExceptionally();
        assertThat(neverBegun).isCompletedExceptionally();
    }

    @Test
    void script_thatFails_failsItsFuture() {
        CompletableFuture<Object> broken = cluster.run("n1", () -> {
            throw new AssertionError("no");
        });
        cluster.advance(Duration.ofSeconds(1));
        assertThat(errorOf(broken)).isInstanceOf(AssertionError.class).hasMessage("no");
    }
}
