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
import dev.coord.testkit.Inside;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.internal.sim.SimWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
        private final SimulatedCluster cluster;
        private final SimWorld sim;
        private final Random random;
        private String isolated = "";
        private String severed = "";
        private final Map<String, Coord> sessions = new TreeMap<>();
        private final Map<String, List<Put>> issued = new TreeMap<>();

        Schedule(long seed) {
            random = new Random(seed);
            cluster = SimulatedCluster.builder()
                    .seed(seed)
                    .operationTimeout(Duration.ofSeconds(2))
                    .start();
            sim = Inside.of(cluster);
            sim.raft().snapshots = 0.5;
            sim.raft().onCommit(effects -> effects.forEach(this::note));
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
            elect();
            for (String id : cluster.ids()) {
                sessions.put(id, cluster.open(id, Duration.ofMinutes(1)));
                issued.put(id, new ArrayList<>());
            }
            for (int i = 0; i < 25; i++) {
                act();
                cluster.ids().forEach(this::issueSome);
                cluster.advance(Duration.ofMillis(random.nextInt(120)));
            }
            calm();
            cluster.ids().forEach(this::check);
            count("entries lost", sim.raft().lost());
            count("snapshots", sim.raft().snapshotsInstalled());
            cluster.close();
        }

        private void isolate(String id) {
            sever("");
            isolated = id;
            cluster.faults().isolate(id);
        }

        private void sever(String id) {
            severed = id;
            sim.raft().sever(id.isEmpty() ? Set.of() : Set.of(id));
        }

        private void heal() {
            isolated = "";
            cluster.faults().heal();
        }

        private void elect() {
            List<String> able = new ArrayList<>(cluster.ids());
            able.remove(isolated);
            able.remove(severed);
            cluster.faults().elect(able.get(random.nextInt(able.size())));
        }

        private void act() {
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    elect();
                    count("elected", 1);
                }
                case 2 -> isolate(cluster.ids().get(random.nextInt(3)));
                case 3 -> heal();
                case 4 -> sim.raft().commitMillis = random.nextBoolean() ? 2 : 60;
                case 5 -> sim.raft().lagMillis = random.nextBoolean() ? 2 : 150;
                case 6 -> starve();
                default ->
                    sim.network()
                            .faults(new LinkFaults(
                                    0.1 * random.nextInt(3), 0.2, Duration.ZERO, Duration.ofMillis(30), true));
            }
        }

        /** Some learn late what is committed, and one may hear nothing of Raft though messages reach it. */
        private void starve() {
            boolean deaf = isolated.isEmpty() && random.nextBoolean();
            sever(deaf ? cluster.ids().get(random.nextInt(3)) : "");
            for (String id : cluster.ids()) {
                if (random.nextInt(3) == 0) {
                    cluster.faults().delayReplica(id, Duration.ofMillis(random.nextInt(1_000)));
                }
            }
        }

        private void issueSome(String id) {
            Coord coord = requireNonNull(sessions.get(id));
            Duration timeout = Duration.ofMillis(random.nextInt(4) == 0 ? 60 : 1_500);
            for (int i = random.nextInt(6); i > 0; i--) {
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
            heal();
            sim.network().reset();
            sever("");
            cluster.ids().forEach(id -> sim.raft().node(id).endDelay());
            sim.raft().commitMillis = 2;
            sim.raft().lagMillis = 2;
            elect();
            for (String id : cluster.ids()) {
                // What comes after all others finds their fate decided, whether they were given up or not.
                cluster.await(requireNonNull(sessions.get(id)).kv().putAsync("/last/" + id, Value.of("x")));
            }
            cluster.advance(Duration.ofMillis(1_600));
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
