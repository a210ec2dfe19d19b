package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.IndeterminateException;
import dev.coord.kv.Entry;
import dev.coord.kv.Value;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.transport.LinkFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random schedules of lost and repeated messages, lost entries, leader changes, peers that lag and get snapshots, and
 * operations that time out. Each operation is a put to a key of its own, whose version counts how often it was applied and
 * whose revision tells when.
 */
@Timeout(120)
class ExactlyOnceModelTest {
    /** Set {@code coord.once.seed} to run one schedule again. */
    private static final Long ONLY = Long.getLong("coord.once.seed");

    private static final int SCHEDULES = Integer.getInteger("coord.once.schedules", 400);

    private final Map<String, Integer> seen = new TreeMap<>();

    @Test
    void operations_inRandomSchedules_areAppliedOnceInOrder() {
        long first = ONLY == null ? 1 : ONLY;
        long last = ONLY == null ? SCHEDULES : ONLY;
        for (long seed = first; seed <= last; seed++) {
            try {
                new Schedule(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("schedule of -Dcoord.once.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
        if (ONLY == null) {
            System.out.println(SCHEDULES + " schedules of operations: " + seen);
            assertThat(seen.keySet())
                    .contains("acknowledged", "repeated", "timed out", "entries lost", "elected", "snapshots");
            seen.forEach((what, times) -> assertThat(times).as(what).isGreaterThan(SCHEDULES / 10));
        }
    }

    private void count(String what, int times) {
        if (times > 0) {
            seen.merge(what, times, Integer::sum);
        }
    }

    /** An operation as its caller sees it. */
    private record Put(String key, CompletableFuture<Long> revision) {}

    private final class Schedule {
        private final SimCluster sim;
        private final Map<String, Coord> sessions = new TreeMap<>();
        private final Map<String, List<Put>> issued = new TreeMap<>();

        Schedule(long seed) {
            sim = new SimCluster(seed);
            sim.raft.snapshots = 0.5;
            sim.raft.onCommit(effects -> effects.forEach(this::note));
        }

        private void note(Effect effect) {
            if (effect instanceof Effect.Completed completed
                    && completed.proposal().session() != 0) {
                String id = completed.proposal().session() + "/"
                        + completed.proposal().sequence();
                count("repeated", results.merge(id, 1, Integer::sum) > 1 ? 1 : 0);
            }
        }

        private final Map<String, Integer> results = new HashMap<>();

        void run() {
            sim.electAny();
            for (String id : sim.ids) {
                sessions.put(id, sim.open(id, Duration.ofMinutes(1)));
                issued.put(id, new ArrayList<>());
            }
            for (int i = 0; i < 25; i++) {
                act();
                sim.ids.forEach(this::issueSome);
                sim.runMillis(sim.random.nextInt(120));
            }
            calm();
            sim.ids.forEach(this::check);
            count("entries lost", sim.raft.lost);
            count("snapshots", sim.raft.snapshotsInstalled);
            sim.close();
        }

        private void act() {
            switch (sim.random.nextInt(8)) {
                case 0, 1 -> {
                    sim.electAny();
                    count("elected", 1);
                }
                case 2 -> sim.cutOff(sim.ids.get(sim.random.nextInt(3)));
                case 3 -> sim.cutOff();
                case 4 -> sim.raft.commitMillis = sim.random.nextBoolean() ? 2 : 60;
                case 5 -> sim.raft.lagMillis = sim.random.nextBoolean() ? 2 : 150;
                case 6 -> sim.ids.forEach(id -> sim.raft.node(id).starved = sim.random.nextInt(3) == 0);
                default ->
                    sim.network.faults(new LinkFaults(
                            0.1 * sim.random.nextInt(3), 0.2, Duration.ZERO, Duration.ofMillis(30), true));
            }
        }

        private void issueSome(String id) {
            Coord coord = requireNonNull(sessions.get(id));
            Duration timeout = Duration.ofMillis(sim.random.nextInt(4) == 0 ? 60 : 1_500);
            for (int i = sim.random.nextInt(6); i > 0; i--) {
                List<Put> puts = requireNonNull(issued.get(id));
                String key = "/" + id + "/" + puts.size();
                Put put = new Put(key, coord.kv().withTimeout(timeout).putAsync(key, Value.of("x")));
                puts.add(put);
                put.revision().whenComplete((revision, error) -> {
                    if (error instanceof CoordException failure && failure.outcome() == Outcome.UNKNOWN) {
                        count("timed out", 1);
                        assertThat(failure).isInstanceOf(IndeterminateException.class);
                    }
                });
            }
        }

        private void calm() {
            sim.cutOff();
            sim.network.reset();
            sim.ids.forEach(id -> sim.raft.node(id).starved = false);
            sim.raft.commitMillis = 2;
            sim.raft.lagMillis = 2;
            sim.electAny();
            for (String id : sim.ids) {
                // What comes after all others finds their fate decided, whether they were given up or not.
                sim.await(requireNonNull(sessions.get(id)).kv().putAsync("/last/" + id, Value.of("x")));
            }
            sim.runMillis(1_600);
        }

        private void check(String id) {
            long before = 0;
            for (Put put : requireNonNull(issued.get(id))) {
                assertThat(put.revision()).as(put.key()).isDone();
                Entry entry = sim.truth().get(put.key());
                if (entry != null) {
                    assertThat(entry.version())
                            .as("applications of " + put.key())
                            .isEqualTo(1);
                    assertThat(entry.modRevision()).as("order of " + put.key()).isGreaterThan(before);
                    before = entry.modRevision();
                }
                outcome(put, entry);
            }
            assertThat(requireNonNull(sim.truth().get("/last/" + id)).modRevision())
                    .isGreaterThan(before);
        }

        private void outcome(Put put, @Nullable Entry entry) {
            put.revision()
                    .handle((revision, error) -> {
                        if (error == null) {
                            count("acknowledged", 1);
                            assertThat(entry).as("acknowledged " + put.key()).isNotNull();
                            assertThat(requireNonNull(entry).modRevision()).isEqualTo(revision);
                        } else {
                            assertThat(error).as(put.key()).isInstanceOf(CoordException.class);
                            boolean impossible = ((CoordException) error).outcome() == Outcome.NOT_APPLIED;
                            assertThat(impossible && entry != null)
                                    .as("refused " + put.key())
                                    .isFalse();
                        }
                        return null;
                    })
                    .join();
        }
    }
}
