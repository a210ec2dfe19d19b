package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.recipes.election.LeaderLoop;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.election.LeadershipTask;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link LeaderLoop}: its thread is a script of the cluster. */
abstract class LeaderLoopContract extends ElectionContract {
    private static final Duration STEP = Duration.ofMillis(20);

    private LeaderLoop loop(Coord coord, String name, LeadershipTask task) {
        return LeaderLoop.of(election(coord), name, task);
    }

    /** Runs on a thread that may block. */
    private CompletableFuture<Void> run(String peer, LeaderLoop loop) {
        return cluster().run(peer, () -> {
            loop.run();
            return null;
        });
    }

    /** Leads until interrupted. */
    private void leadOn(Leadership leadership) throws InterruptedException {
        while (true) {
            nap();
        }
    }

    /** As a task of a user's would: real, it is ended by an interrupt; simulated, it finds it afterwards. */
    private void nap() throws InterruptedException {
        try {
            cluster().sleep(STEP);
        } catch (IllegalStateException ended) {
            throw new InterruptedException(ended.getMessage());
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    @Test
    void tasks_runOneAfterTheOther_andResignByReturning() {
        AtomicInteger inside = new AtomicInteger();
        List<Long> terms = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Boolean>> all = cluster().ids().stream()
                .map(peer -> cluster()
                        .run(
                                peer,
                                () -> election(cluster().coord(peer)).lead(peer, leadership -> {
                                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                                    terms.add(leadership.term());
                                    cluster().sleep(STEP);
                                    assertThat(leadership.isValid()).isTrue();
                                    inside.decrementAndGet();
                                })))
                .toList();
        all.forEach(one -> assertThat(await(one)).as("ended by itself").isTrue());
        assertThat(terms).hasSize(3).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void taskThatThrows_resigns_andEndsTheLoop() {
        LeaderLoop loop = loop(coord(0), "a", leadership -> {
                    throw new IllegalStateException("of the task");
                })
                .requeueing();
        assertThat(failure(run(cluster().ids().get(0), loop)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("of the task");
        assertThat(loop.runs()).isEqualTo(1);
        eventually("no leader", () -> election(coord(1)).leader().isEmpty());
    }

    @Test
    void loopThatRequeues_takesTurnsWithOthers_untilClosed() {
        List<String> turns = new CopyOnWriteArrayList<>();
        List<LeaderLoop> loops = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 2; i++) {
            String name = List.of("a", "b").get(i);
            LeaderLoop loop = loop(coord(i), name, leadership -> {
                        turns.add(name);
                        nap();
                    })
                    .requeueing();
            loops.add(loop);
        }
        List<CompletableFuture<Void>> ends = List.of(
                run(cluster().ids().get(0), loops.get(0)), run(cluster().ids().get(1), loops.get(1)));
        eventually("five runs of each", () -> loops.stream().allMatch(loop -> loop.runs() >= 5));
        loops.forEach(LeaderLoop::close);
        ends.forEach(this::await);
        assertThat(turns).contains("a", "b");
        long ran = loops.get(0).runs();
        aMoment();
        assertThat(loops.get(0).runs()).isEqualTo(ran);
    }

    @Test
    void taskWhoseLeadershipIsLost_isInterrupted_andTheNextOneLeads() {
        String away = leader();
        String other = othersThan(away).get(0);
        AtomicReference<Leadership> lost = new AtomicReference<>();
        Coord coord = cluster().open(away, TTL);
        CompletableFuture<Boolean> first = cluster()
                .run(
                        away,
                        () -> election(coord).lead("a", leadership -> {
                            lost.set(leadership);
                            leadOn(leadership);
                        }));
        eventually("the first to lead", () -> lost.get() != null);
        CompletableFuture<Leadership> next = election(cluster().coord(other)).campaignAsync("b");
        cluster().faults().isolate(away);
        assertThat(await(first)).as("ended by itself").isFalse();
        assertThat(lost.get().isValid()).isFalse();
        await(await(next).closeAsync());
    }

    @Test
    void loopClosedWhileItWaits_withdraws() throws Exception {
        Leadership leading = election(coord(0)).campaign("a");
        LeaderLoop loop = loop(coord(1), "b", this::leadOn).requeueing();
        CompletableFuture<Void> end = run(cluster().ids().get(1), loop);
        eventually("b to stand", () -> candidates().size() == 1);
        loop.close();
        await(end);
        assertThat(loop.runs()).isZero();
        eventually("nobody to stand", () -> candidates().isEmpty());
        leading.close();
    }

    @Test
    void loopClosedWhileItLeads_interruptsTheTask_andResigns() {
        LeaderLoop loop = loop(coord(1), "b", this::leadOn).requeueing();
        CompletableFuture<Void> end = run(cluster().ids().get(1), loop);
        eventually("b to lead", () -> loop.runs() == 1);
        loop.close();
        loop.close();
        await(end);
        assertThat(loop.runs()).isEqualTo(1);
    }

    @Test
    void loopOnAnExecutor_tellsItsEnd() {
        String peer = cluster().ids().get(0);
        Executor executor = task -> {
            CompletableFuture<Void> ignored = cluster().run(peer, () -> {
                task.run();
                return null;
            });
        };
        AtomicReference<LeaderLoop> self = new AtomicReference<>();
        LeaderLoop loop = loop(coord(0), "a", leadership -> {
                    if (self.get().runs() == 3) {
                        self.get().close();
                    }
                })
                .requeueing();
        self.set(loop);
        await(loop.start(executor));
        assertThat(loop.runs()).isEqualTo(3);
        assertThatThrownBy(() -> loop.start(executor)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(loop::run).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(loop::requeueing).isInstanceOf(IllegalStateException.class);

        LeaderLoop failing = loop(coord(0), "a", leadership -> {
            throw new IllegalStateException("of the task");
        });
        assertThat(failure(failing.start(executor))).hasMessage("of the task");
    }
}
