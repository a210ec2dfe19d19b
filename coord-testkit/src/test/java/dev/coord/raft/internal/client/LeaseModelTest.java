package dev.coord.raft.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.lease.Lease;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.transport.LinkFaults;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.testkit.Inside;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.internal.sim.SimWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random schedules of keep-alives, checkpoints, expiries, lost messages and entries, deposed leaders, slow commits and
 * drifting clocks, and of wrong suspicions. At every moment: what its holder takes for valid exists in the committed store.
 */
@Timeout(120)
class LeaseModelTest {
    /** Set {@code coord.lease.seed} to run one schedule again. */
    private static final Long ONLY = Long.getLong("coord.lease.seed");

    private static final int SCHEDULES = Integer.getInteger("coord.lease.schedules", 1_000);
    private static final Duration TTL = Duration.ofMillis(500);

    /** Sessions rely on a keep-alive for so short a part of their time that no checkpoint has been made of it. */
    private static final Duration SESSION_TTL = Duration.ofMillis(1_500);

    private static final Duration VALIDITY = Duration.ofMillis(500);

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Map<String, Integer> seen = new TreeMap<>();

    @Test
    void holders_inRandomSchedules_neverBelieveMoreThanTheStoreGrants() {
        long first = ONLY == null ? 1 : ONLY;
        long last = ONLY == null ? SCHEDULES : ONLY;
        for (long seed = first; seed <= last; seed++) {
            try {
                new Schedule(seed).run();
            } catch (AssertionError e) {
                throw new AssertionError("schedule of -Dcoord.lease.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
        if (ONLY == null) {
            System.out.println(SCHEDULES + " lease schedules: " + seen);
            assertThat(seen.keySet())
                    .contains(
                            "elected",
                            "cut off",
                            "lowered",
                            "restored",
                            "expired",
                            "stale",
                            "entries lost",
                            "ended when silent",
                            "not silent");
            seen.forEach((what, times) -> assertThat(times).as(what).isGreaterThan(SCHEDULES / 10));
        }
    }

    private void count(String what, int times) {
        if (times > 0) {
            seen.merge(what, times, Integer::sum);
        }
    }

    /** One run of three peers, each with a session and a lease that it replaces when it has lost it. */
    private final class Schedule {
        private final SimulatedCluster cluster;
        private final SimWorld sim;
        private final Random random;
        private String isolated = "";
        private long saidToBeGone;
        private final Map<String, Coord> sessions = new TreeMap<>();
        private final Map<String, Lease> leases = new TreeMap<>();
        private final Map<String, CompletableFuture<?>> asked = new TreeMap<>();

        Schedule(long seed) {
            random = new Random(seed);
            cluster = SimulatedCluster.builder()
                    .seed(seed)
                    .operationTimeout(Duration.ofSeconds(2))
                    .start();
            sim = Inside.of(cluster);
            sim.raft().onCommit(effects -> effects.forEach(this::note));
        }

        void run() {
            elect();
            cluster.onStep(this::check);
            for (int i = 0; i < 40; i++) {
                act();
                suspect();
                refresh();
                cluster.advance(Duration.ofMillis(10 + random.nextInt(150)));
            }
            calm();
            count("entries lost", sim.raft().lost());
            cluster.close();
        }

        private void isolate(String id) {
            isolated = id;
            cluster.faults().isolate(id);
        }

        private void heal() {
            isolated = "";
            cluster.faults().heal();
        }

        private void elect() {
            List<String> able = new ArrayList<>(cluster.ids());
            able.remove(isolated);
            cluster.faults().elect(able.get(random.nextInt(able.size())));
        }

        private void act() {
            switch (random.nextInt(11)) {
                case 0, 1, 2 -> {
                    elect();
                    count("elected", 1);
                }
                case 3, 4 -> {
                    isolate(cluster.ids().get(random.nextInt(3)));
                    count("cut off", 1);
                }
                case 5 -> heal();
                case 6 -> {
                    sim.raft().commitMillis = pick(2, 40, 400);
                    sim.raft().lagMillis = pick(2, 40, 200);
                }
                case 7 -> {
                    String deaf = cluster.ids().get(random.nextInt(3));
                    sim.network()
                            .dropIf((from, to, kind, response) ->
                                    kind == MessageKind.KEEP_ALIVE && (response ? to : from).equals(deaf));
                }
                case 8 -> {
                    cluster.ids().forEach(id -> sim.raft().node(id).flicker());
                    count("flickered", 1);
                }
                case 9 -> sim.network().dropIf((from, to, kind, response) -> false);
                default ->
                    sim.network()
                            .faults(new LinkFaults(0.03, 0.1, Duration.ZERO, Duration.ofMillis(pick(1, 30)), true));
            }
        }

        private int pick(int... of) {
            return of[random.nextInt(of.length)];
        }

        /** Somebody takes somebody else's session or lease for dead, for no reason. */
        private void suspect() {
            String accuser = cluster.ids().get(random.nextInt(3));
            String accused = cluster.ids().get(random.nextInt(3));
            Coord holder = sessions.get(accused);
            Coord coord = sessions.get(accuser);
            if (holder == null || coord == null || coord.session().expired().isDone()) {
                return;
            }
            Lease lease = leases.get(accused);
            boolean ofLease = lease != null && random.nextInt(3) == 0;
            long id = ofLease ? lease.id() : holder.session().id();
            coord.leases().endIfSilentAsync(id).thenAccept(gone -> {
                count(gone ? "ended when silent" : "not silent", 1);
                if (gone && sim.truth().leases().get(id) != null) {
                    saidToBeGone = id;
                }
            });
        }

        /** Opens what is missing, one at a time, without waiting. */
        private void refresh() {
            for (String id : cluster.ids()) {
                Coord coord = sessions.get(id);
                if (asked.containsKey(id)) {
                    continue;
                }
                if (coord == null || coord.session().expired().isDone()) {
                    if (coord != null) {
                        coord.close();
                    }
                    ask(id, sim.core(id).openSession(SESSION_TTL, VALIDITY).thenAccept(opened -> {
                        sessions.put(id, opened);
                        leases.remove(id);
                    }));
                } else if (!leases.containsKey(id) || leases.get(id).lost().isDone()) {
                    ask(id, coord.leases().grantAsync(TTL).thenAccept(granted -> leases.put(id, granted)));
                }
            }
        }

        private void ask(String id, CompletableFuture<?> answer) {
            asked.put(id, answer);
            answer.whenComplete((done, error) -> asked.remove(id, answer));
        }

        private void check() {
            assertThat(saidToBeGone)
                    .as("a lease said to be gone, which is there")
                    .isZero();
            sessions.forEach((id, coord) -> {
                if (coord.session().isValid()) {
                    exists(id, coord.session().id());
                }
            });
            leases.forEach((id, lease) -> {
                if (lease.isValid()) {
                    exists(id, lease.id());
                }
            });
        }

        private void exists(String holder, long lease) {
            if (sim.truth().leases().get(lease) == null) {
                throw new AssertionError(holder + " believes in lease " + lease + ", which has ended, at "
                        + cluster.elapsed().toMillis() + " ms");
            }
        }

        private void note(Effect effect) {
            if (!(effect instanceof Effect.Completed completed)) {
                count("expired", effect instanceof Effect.LeaseEnded ? 1 : 0);
                return;
            }
            if (completed.proposal().command() instanceof Command.CheckpointLeases checkpoint) {
                boolean stale = checkpoint.term() != sim.raft().term();
                long millis = checkpoint.leases().get(0).millis();
                boolean full = millis == TTL.toMillis() || millis == SESSION_TTL.toMillis();
                count(stale ? "stale" : full ? "restored" : "lowered", 1);
            }
        }

        /** Without faults every peer has what it wants and keeps it, and nothing that nobody holds is left. */
        private void calm() {
            heal();
            sim.network().reset();
            sim.raft().commitMillis = 2;
            sim.raft().lagMillis = 2;
            elect();
            for (int i = 0; i < 20; i++) {
                refresh();
                cluster.advance(Duration.ofMillis(100));
            }
            List<Long> held = new ArrayList<>();
            sessions.values().forEach(coord -> held.add(coord.session().id()));
            leases.values().forEach(lease -> held.add(lease.id()));
            assertThat(held).hasSize(6);
            assertThat(sessions.values()).allMatch(coord -> coord.session().isValid());
            List<Long> stored = new ArrayList<>();
            sim.truth().leases().forEach(null, null, (id, lease) -> stored.add(id));
            assertThat(stored).as("leases in the store").containsExactlyInAnyOrderElementsOf(held);
        }
    }
}
