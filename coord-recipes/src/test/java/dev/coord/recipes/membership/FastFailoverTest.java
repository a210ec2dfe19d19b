package dev.coord.recipes.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.kv.Value;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions that are ended early because their members are suspected, and what that does to what they hold. */
@Timeout(120)
class FastFailoverTest {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final Duration VALIDITY = Duration.ofMillis(500);
    private static final String GROUP = "/groups/workers";

    /** A cluster in which n1 has the lock and is a member, n2 waits for the lock, and n3 ends sessions. */
    private static final class Scene implements AutoCloseable {
        final SimulatedCluster cluster;
        final Coord one;
        final LockHandle first;
        final CompletableFuture<LockHandle> next;
        final FastFailover failover;

        Scene(int seed, Duration validity) {
            cluster = SimulatedCluster.start(3, seed);
            one = cluster.open("n1", TTL, validity);
            first = cluster.await(DistributedLock.on(one, "/lock").acquireAsync());
            cluster.await(Group.on(one, GROUP).joinAsync("n1", Value.EMPTY));
            next = DistributedLock.on(cluster.open("n2", TTL), "/lock").acquireAsync();
            failover = FastFailover.of(cluster.coord("n3"), GROUP);
            cluster.onStep(this::checkOneHolder);
        }

        private void checkOneHolder() {
            if (next.isDone() && first.isValid()) {
                throw new AssertionError("two valid holders at " + cluster.elapsed());
            }
        }

        @Override
        public void close() {
            cluster.close();
        }
    }

    @Test
    void silentMember_thatIsSuspected_losesWhatItHoldsWithinSeconds() {
        for (int seed = 1; seed <= 30; seed++) {
            try (Scene scene = new Scene(seed, VALIDITY)) {
                // One that is cut off goes on asking its handle; one that has crashed asks nothing.
                if (seed % 2 == 0) {
                    scene.cluster.faults().isolate("n1");
                } else {
                    scene.cluster.faults().crash("n1");
                }
                scene.failover.suspected("n1");
                scene.cluster.runUntil("the next holder", Duration.ofSeconds(5), scene.next::isDone);
                scene.cluster.runUntil("the count", Duration.ofSeconds(5), () -> scene.failover.endedCount() == 1);
            }
        }
    }

    @Test
    void crashedMember_thatNobodySuspects_keepsItForItsTime() {
        try (Scene scene = new Scene(1, VALIDITY)) {
            scene.cluster.faults().crash("n1");
            scene.failover.suspected("n1");
            scene.failover.trusted("n1");
            scene.cluster.advance(TTL.minusSeconds(30));
            assertThat(scene.next).isNotDone();
            scene.cluster.runUntil("the end of the session", Duration.ofMinutes(2), scene.next::isDone);
            assertThat(scene.failover.endedCount()).isZero();
        }
    }

    @Test
    void crashedMember_whoseSessionReliesOnAllOfItsTime_keepsIt() {
        try (Scene scene = new Scene(1, TTL)) {
            scene.cluster.faults().crash("n1");
            scene.failover.suspected("n1");
            scene.cluster.advance(TTL.minusSeconds(30));
            assertThat(scene.next).isNotDone();
        }
    }

    @Test
    void livingMember_thatIsSuspected_losesNothing() {
        try (Scene scene = new Scene(1, VALIDITY)) {
            scene.failover.suspected("n1");
            scene.failover.suspected("nobody");
            scene.cluster.advance(Duration.ofSeconds(20));
            assertThat(scene.first.isValid()).isTrue();
            assertThat(scene.next).isNotDone();
            assertThat(scene.failover.endedCount()).isZero();
        }
    }

    /** It goes on seeing the key of a member whose session has ended. */
    @Test
    void replicaThatLags_hasEachSessionCountedOnce() {
        try (Scene scene = new Scene(1, VALIDITY)) {
            scene.cluster.faults().crash("n1");
            scene.cluster.advance(Duration.ofSeconds(3));
            scene.cluster.faults().delayReplica("n3", Duration.ofSeconds(3));
            scene.failover.suspected("n1");
            scene.cluster.runUntil("the count", Duration.ofSeconds(2), () -> scene.failover.endedCount() > 0);
            scene.cluster.advance(Duration.ofSeconds(5));
            assertThat(scene.failover.endedCount()).isEqualTo(1);
        }
    }

    @Test
    void closedFailover_endsNothingMore() {
        try (Scene scene = new Scene(1, VALIDITY)) {
            scene.failover.suspected("n1");
            scene.failover.close();
            scene.failover.suspected("n1");
            scene.cluster.faults().crash("n1");
            scene.cluster.advance(Duration.ofSeconds(20));
            assertThat(scene.next).isNotDone();
        }
    }

    /** Everybody suspects everybody all the time, while peers pause, crash and are cut off. */
    @Test
    void wrongSuspicions_neverMakeTwoHolders() {
        int ended = 0;
        for (int seed = 1; seed <= 60; seed++) {
            ended += new Suspicious(seed).run();
        }
        assertThat(ended).isGreaterThan(60);
    }

    private static final class Suspicious {
        private final SimulatedCluster cluster;
        private final SplittableRandom random;
        private final Map<String, Coord> sessions = new TreeMap<>();
        private final List<LockHandle> holders = new ArrayList<>();
        private int ended;

        Suspicious(int seed) {
            cluster = SimulatedCluster.start(3, seed);
            random = new SplittableRandom(seed);
        }

        int run() {
            cluster.ids().forEach(this::join);
            cluster.onStep(this::checkOneHolder);
            for (int i = 0; i < 12; i++) {
                disturb(cluster.ids().get(random.nextInt(3)));
                cluster.advance(Duration.ofMillis(200 + random.nextInt(2_500)));
                cluster.faults().endAll();
                cluster.advance(Duration.ofMillis(random.nextInt(500)));
                cluster.ids().forEach(this::joinAnewIfEnded);
            }
            cluster.close();
            return ended;
        }

        private void joinAnewIfEnded(String peer) {
            if (sessions.get(peer).session().expired().isDone()) {
                ended++;
                sessions.get(peer).close();
                join(peer);
            }
        }

        private void join(String peer) {
            Coord coord = cluster.open(peer, TTL, VALIDITY);
            sessions.put(peer, coord);
            cluster.await(Group.on(coord, GROUP).joinAsync(peer, Value.EMPTY));
            FastFailover failover = FastFailover.of(coord, GROUP);
            cluster.ids().forEach(failover::suspected);
            DistributedLock.on(coord, "/lock").acquireAsync().thenAccept(holders::add);
        }

        private void checkOneHolder() {
            holders.removeIf(handle -> handle.lost().isDone());
            int valid = 0;
            for (LockHandle handle : holders) {
                valid += handle.isValid() ? 1 : 0;
            }
            if (valid > 1) {
                throw new AssertionError("two valid holders at " + cluster.elapsed());
            }
        }

        private void disturb(String peer) {
            switch (random.nextInt(3)) {
                case 0 -> cluster.faults().pause(peer);
                case 1 -> cluster.faults().isolate(peer);
                default -> cluster.faults().skewClock(peer, 0.99 + random.nextDouble() * 0.02);
            }
        }
    }

    @Test
    void misuse_isRefused() {
        try (Scene scene = new Scene(1, VALIDITY)) {
            assertThatThrownBy(() -> FastFailover.of(scene.one, "/groups/"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> scene.failover.suspected("x".repeat(5_000)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(scene.failover.toString()).contains(GROUP).endsWith("suspected: [])");
        }
    }
}
