package dev.coord.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Value;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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
    void script_thatPausesItsOwnPeer_stopsThereUntilResumed() {
        List<String> story = new ArrayList<>();
        CompletableFuture<Boolean> script = cluster.run("n1", () -> {
            story.add("checked");
            cluster.faults().pause("n1");
            story.add("written");
            return true;
        });
        CompletableFuture<Boolean> other = cluster.run("n2", () -> {
            cluster.sleep(Duration.ofSeconds(1));
            cluster.faults().pause("n3");
            story.add("not stopped by another's pause");
            return true;
        });
        cluster.advance(Duration.ofMinutes(1));
        assertThat(other).isCompletedWithValue(true);
        assertThat(story).containsExactly("checked", "not stopped by another's pause");
        assertThat(script).isNotDone();
        cluster.faults().resume("n1");
        assertThat(cluster.await(script)).isTrue();
        assertThat(story).endsWith("written");
    }

    @Test
    void script_thatPausedItsOwnPeer_endsWhenThatCrashes() {
        CompletableFuture<Object> script = cluster.run("n1", () -> {
            cluster.faults().pause("n1");
            return null;
        });
        cluster.advance(Duration.ofSeconds(1));
        cluster.faults().crash("n1");
        cluster.advance(Duration.ofSeconds(1));
        assertThat(errorOf(script)).isInstanceOf(IllegalStateException.class).hasMessageContaining("a pause was ended");
    }

    @Test
    void wait_forAPeerThatDoesNotRun_saysWhichDoNot() {
        Coord coord = cluster.coord("n2");
        CompletableFuture<Object> script = cluster.run("n1", () -> {
            cluster.faults().pause("n1");
            return null;
        });
        cluster.faults().crash("n3");
        assertThatThrownBy(() -> cluster.await(script))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("paused: n1; crashed: n3");
        cluster.faults().pause("n2");
        assertThatThrownBy(() -> coord.kv().put("/a", "1"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("paused: n1, n2; crashed: n3");
    }

    // ---- threads from outside

    /** Has a thread from outside do something in the middle of a step, and returns what it was told. */
    private Throwable byAStranger(ThrowingCallable action) {
        AtomicReference<Throwable> told = new AtomicReference<>();
        CompletableFuture<Void> done = CompletableFuture.runAsync(
                () -> {
                    Thread stranger = new Thread(() -> told.set(catchThrowable(action)), "stranger-7");
                    stranger.start();
                    assertThatCode(stranger::join).doesNotThrowAnyException();
                },
                cluster.coord("n1").callbacks());
        assertThatThrownBy(() -> cluster.runUntil(() -> false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stranger-7");
        assertThat(done).isCompleted();
        return told.get();
    }

    @Test
    void thread_fromOutside_isRefusedWhileTimeMoves() {
        Coord coord = cluster.coord("n1");
        for (ThrowingCallable action : List.<ThrowingCallable>of(
                () -> coord.kv().putAsync("/a", Value.of("1")),
                () -> coord.kv().get("/a"),
                () -> coord.leases().grantAsync(Duration.ofSeconds(5)),
                () -> coord.scheduler().schedule(Duration.ZERO, () -> {}),
                () -> coord.callbacks().execute(() -> {}),
                () -> cluster.advance(Duration.ofSeconds(1)),
                () -> cluster.runUntil(() -> true),
                () -> cluster.run("n1", () -> null),
                () -> cluster.faults().heal(),
                () -> cluster.open("n2", Duration.ofSeconds(5)))) {
            assertThat(byAStranger(action))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("stranger-7")
                    .hasMessageContaining("coord.callbacks()")
                    .hasMessageContaining("cluster.run");
        }
        assertThat(cluster.await(coord.kv().getAsync("/a", Consistency.linearizable())))
                .as("nothing of it has happened")
                .isEmpty();
        byAStranger(() -> coord.watch(WatchSpec.of(KeyRange.all()), (revision, events) -> {}));
    }

    @Test
    void thread_fromOutside_mayDriveWhileNobodyElseDoes() throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread other = new Thread(
                () -> failure.set(catchThrowable(() -> cluster.coord("n1").kv().put("/a", "1"))));
        other.start();
        other.join();
        assertThat(failure.get()).isNull();
        assertThat(cluster.coord("n2").kv().get("/a")).isPresent();
    }

    // ---- what ends scripts

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
