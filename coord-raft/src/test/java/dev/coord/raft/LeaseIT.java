package dev.coord.raft;

import static dev.coord.raft.testing.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.SessionExpiredException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import dev.coord.time.Ticker;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leases and sessions on a real cluster of five. All peers are in this JVM, so their clocks can be compared. */
@Timeout(120)
class LeaseIT {
    private static final Duration TTL = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofMinutes(2);

    private static LocalCluster cluster;
    private static Faults faults;

    @BeforeAll
    static void start() {
        cluster = LocalCluster.builder()
                .peers(5)
                .electionTimeout(Duration.ofMillis(200))
                .start();
        faults = new Faults(cluster);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void heal() {
        faults.end();
        cluster.ids().stream()
                .filter(id -> !faults.running().contains(id))
                .toList()
                .forEach(cluster::restart);
    }

    /** Deletions below a prefix, as another peer sees them. */
    private record Deletions(ConcurrentLinkedQueue<Deletion> seen, Watch watch) implements AutoCloseable {
        static Deletions below(String prefix, String peer) throws Exception {
            ConcurrentLinkedQueue<Deletion> seen = new ConcurrentLinkedQueue<>();
            Watch watch = cluster.coord(peer)
                    .watch(
                            WatchSpec.of(KeyRange.prefix(prefix)).deletesOnly(),
                            (revision, events) -> seen.add(
                                    new Deletion(revision, Ticker.system().nanos(), events)));
            return new Deletions(seen, watch);
        }

        Deletion await() throws Exception {
            until("deletions", () -> !seen.isEmpty());
            return seen.element();
        }

        @Override
        public void close() {
            watch.close();
        }
    }

    private record Deletion(long revision, long atNanos, List<WatchEvent> events) {}

    private static void putAll(Coord coord, String prefix, long lease) throws Exception {
        for (int i = 0; i < 3; i++) {
            coord.kv()
                    .txn()
                    .then(Op.put(prefix + i, Value.of("x")).withLease(lease))
                    .commit();
        }
    }

    @Test
    void session_ofAKilledPeer_endsAndItsKeysGoAtOneRevision() throws Exception {
        String holder = faults.peerBesides(faults.leader());
        String other = faults.peerBesides(faults.leader(), holder);
        try (Deletions deletions = Deletions.below("/killed/", other)) {
            Coord coord = cluster.peer(holder).openSession(TTL);
            putAll(coord, "/killed/", coord.session().id());
            long until = coord.session().validUntil().nanos();
            cluster.kill(holder);
            long killed = Ticker.system().nanos();
            Deletion deletion = deletions.await();
            assertThat(deletion.events()).hasSize(3);
            assertThat(deletion.atNanos() - until).as("early expiry").isPositive();
            assertThat(Duration.ofNanos(deletion.atNanos() - killed)).isLessThan(TTL.plusSeconds(3));
            assertThat(cluster.coord(other).leases().find(coord.session().id())).isEmpty();
        }
    }

    @Test
    void holder_cutOff_isToldBeforeTheStoreEndsIt() throws Exception {
        String holder = faults.peerBesides(faults.leader());
        String other = faults.peerBesides(faults.leader(), holder);
        try (Deletions deletions = Deletions.below("/cut/", other)) {
            Coord coord = cluster.peer(holder).openSession(TTL);
            Lease lease = coord.leases().grant(TTL.multipliedBy(2));
            putAll(coord, "/cut/", coord.session().id());
            AtomicLong lapsedAt = new AtomicLong();
            AtomicLong lostAt = new AtomicLong();
            coord.session().lapsed().thenRun(() -> lapsedAt.set(Ticker.system().nanos()));
            lease.lost().thenRun(() -> lostAt.set(Ticker.system().nanos()));
            cluster.isolate(holder);
            Deletion deletion = deletions.await();
            long validUntil = coord.session().validUntil().nanos();
            assertThat(coord.session().isValid()).isFalse();
            assertThat(deletion.atNanos() - validUntil).as("early expiry").isPositive();
            assertThat(lapsedAt.get()).as("told").isNotZero();
            assertThat(deletion.atNanos() - lapsedAt.get()).as("told before").isPositive();
            assertThat(coord.session().expired()).isNotDone();
            until("the lease is lost", () -> lostAt.get() != 0);
            cluster.heal();
            coord.session().expired().get(20, TimeUnit.SECONDS);
            assertThat(lease.isValid()).isFalse();
            assertThat(failure(coord)).isInstanceOf(SessionExpiredException.class);
            coord.close();
        }
    }

    private static Throwable failure(Coord coord) {
        return coord.kv()
                .putAsync("/late", Value.of("x"))
                .handle((done, error) -> error)
                .join();
    }

    @Test
    void lease_closed_takesItsKeysAlongAtOnce() throws Exception {
        String holder = faults.peerBesides(faults.leader());
        Coord coord = cluster.peer(holder).openSession(LONG);
        try (Deletions deletions = Deletions.below("/closed/", faults.leader())) {
            Lease lease = coord.leases().grant(LONG);
            putAll(coord, "/closed/", lease.id());
            assertThat(coord.leases().find(lease.id()).orElseThrow().keys()).hasSize(3);
            lease.close();
            lease.close();
            assertThat(lease.isValid()).isFalse();
            assertThat(lease.lost().get(5, TimeUnit.SECONDS)).isNull();
            assertThat(coord.kv().get("/closed/0")).isEmpty();
            assertThat(deletions.await().events()).hasSize(3);
        }
        coord.close();
    }

    @Test
    void handle_closed_takesItsSessionsAndLeasesKeysAlongAtOnce() throws Exception {
        String holder = faults.peerBesides(faults.leader());
        Coord coord = cluster.peer(holder).openSession(LONG);
        putAll(coord, "/handle/session", coord.session().id());
        putAll(coord, "/handle/lease", coord.leases().grant(LONG).id());
        coord.close();
        Coord other = cluster.coord(faults.leader());
        assertThat(other.kv().range(RangeQuery.of(KeyRange.prefix("/handle/"))).entries())
                .isEmpty();
        assertThat(coord.session().isValid()).isFalse();
        assertThat(coord.session().expired()).succeedsWithin(Duration.ofSeconds(5));
    }

    @Test
    void lease_revokedByAnother_isLostForItsHolder() throws Exception {
        String holder = faults.peerBesides(faults.leader());
        Coord coord = cluster.peer(holder).openSession(LONG);
        Lease lease = coord.leases().grant(LONG);
        putAll(coord, "/revoked/", lease.id());
        Coord other = cluster.coord(faults.leader());
        assertThat(other.leases().revoke(lease.id())).isTrue();
        assertThat(other.kv().get("/revoked/1")).isEmpty();
        assertThat(lease.lost()).succeedsWithin(Duration.ofSeconds(5));
        assertThat(lease.isValid()).isFalse();
        assertThat(other.leases().revoke(lease.id())).isFalse();
        coord.close();
    }

    @Test
    void leases_throughALeaderChangeEveryHalfTtl_liveWithTheirHoldersAndEndWithout() throws Exception {
        Duration ttl = Duration.ofSeconds(3);
        String dead = faults.peerBesides(faults.leader());
        String live = faults.peerBesides(faults.leader(), dead);
        Coord doomed = cluster.peer(dead).openSession(ttl);
        Coord coord = cluster.peer(live).openSession(ttl);
        putAll(doomed, "/dead/", doomed.session().id());
        putAll(coord, "/live/", coord.session().id());
        cluster.kill(dead);
        long killed = Ticker.system().nanos();
        long term = faults.term(live);
        int changes = 0;
        while (faults.view(live).get("/dead/0") != null || changes < 4) {
            assertThat(changes)
                    .as("leader changes survived by a lease without holder")
                    .isLessThan(10);
            long next = Ticker.system().nanos() + ttl.toNanos() / 2;
            faults.changeLeader();
            changes++;
            until("half a TTL", () -> Ticker.system().nanos() - next >= 0);
            assertThat(coord.session().isValid()).isTrue();
        }
        assertThat(faults.term(live) - term).isGreaterThanOrEqualTo(changes);
        assertThat(changes).isGreaterThanOrEqualTo(3);
        assertThat(Ticker.system().nanos() - killed).isGreaterThan(ttl.toNanos());
        assertThat(coord.kv().get("/live/2")).isPresent();
        assertThat(coord.session().expired()).isNotDone();
        coord.close();
    }
}
