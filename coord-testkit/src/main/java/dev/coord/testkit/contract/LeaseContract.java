package dev.coord.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coord.Coord;
import dev.coord.LeaseExpiredException;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.lease.Lease;
import dev.coord.lease.LeaseInfo;
import dev.coord.lease.Leases;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What {@link Lease} and {@link Leases} promise to the holder and to everybody else. */
public abstract class LeaseContract extends ClusterContract {
    private static final Duration TTL = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofMinutes(2);
    /** How much later than the time to live a lease may end: the time without a Raft leader, and a margin. */
    private static final Duration LATE = Duration.ofSeconds(4);

    /** For subclasses. */
    protected LeaseContract() {}

    private void attach(Coord coord, long lease, String... names) throws InterruptedException {
        for (String name : names) {
            coord.kv().txn().then(Op.put(key(name), "").withLease(lease)).commit();
        }
    }

    private List<String> present(int peer) throws InterruptedException {
        return coord(peer).kv().range(RangeQuery.of(keys())).entries().stream()
                .map(entry -> entry.key().substring(key("").length()))
                .toList();
    }

    // ---- while it lives

    @Test
    void grant_isValidAtOnce_forNoLongerThanItsTimeToLive() throws InterruptedException {
        long asked = cluster().ticker().nanos();
        try (Lease first = coord().leases().grant(LONG);
                Lease second = await(coord(1).leases().grantAsync(LONG))) {
            assertTrue(first.id() > 0);
            assertTrue(second.id() > first.id(), "ids grow");
            assertEquals(LONG, first.ttl());
            assertTrue(first.isValid());
            assertPending(first.lost());
            assertFalse(first.validUntil().isPast());
            // The last keep-alive was sent by now, and clocks may differ by a fiftieth.
            assertTrue(first.validUntil().remaining().compareTo(LONG) <= 0);
            assertTrue(cluster().ticker().nanos() - asked < LONG.toNanos() / 10);
        }
    }

    @Test
    void find_tellsEveryPeerOfTheLeaseAndItsKeys() throws InterruptedException {
        try (Lease lease = coord().leases().grant(LONG)) {
            attach(coord(1), lease.id(), "b", "a");
            LeaseInfo info = new LeaseInfo(lease.id(), LONG, List.of(key("a"), key("b")));
            for (String id : ids()) {
                Coord coord = cluster().coord(id);
                // A linearizable read brings the replica up to date.
                assertEquals(lease.id(), coord.kv().get(key("a")).orElseThrow().lease());
                assertEquals(info, coord.leases().find(lease.id()).orElseThrow());
            }
            assertTrue(coord().leases().find(Long.MAX_VALUE).isEmpty());
        }
    }

    @Test
    void lease_isKeptAliveUntilClosed() throws InterruptedException {
        try (Lease lease = coord().leases().grant(TTL)) {
            attach(coord(), lease.id(), "a");
            cluster().advance(TTL.multipliedBy(3));
            assertTrue(lease.isValid());
            assertPending(lease.lost());
            assertEquals(List.of("a"), present(1));
        }
    }

    @Test
    void lease_outlivesLeaderChanges() throws InterruptedException {
        Coord coord = cluster().coord(follower());
        try (Lease lease = coord.leases().grant(Duration.ofSeconds(10))) {
            attach(coord, lease.id(), "a");
            for (int i = 0; i < 2; i++) {
                changeRaftLeader();
                cluster().advance(TTL);
            }
            assertTrue(lease.isValid());
            assertPending(lease.lost());
            assertEquals(List.of("a"), present(0));
        }
    }

    // ---- its keys

    @Test
    void close_deletesItsKeysAtOneRevision_andThoseAlone() throws InterruptedException {
        Lease lease = coord().leases().grant(LONG);
        attach(coord(), lease.id(), "c", "a", "b", "detached", "gone", "moved");
        Lease other = coord(1).leases().grant(LONG);
        kv().put(key("detached"), "no lease any more");
        kv().delete(key("gone"));
        kv().put(key("gone"), "another life");
        attach(coord(1), other.id(), "moved");
        long before = coord(1).kv().put(key("z"), "");
        Heard heard = new Heard();
        try (Watch watch = coord(2).watch(WatchSpec.of(keys()).from(before + 1), heard)) {
            lease.close();
            lease.close();
            long after = kv().put(key("z"), "");
            assertEquals(List.of("detached", "gone", "moved", "z"), present(1));
            eventually("the watch", () -> watch.deliveredRevision() >= after);
            assertEquals(List.of("DELETE a, DELETE b, DELETE c", "PUT z="), heard.texts());
        }
        assertFalse(lease.isValid());
        assertTrue(lease.validUntil().isPast());
        await(lease.lost());
        assertTrue(coord().leases().find(lease.id()).isEmpty());
        other.close();
        assertEquals(List.of("detached", "gone", "z"), present(1));
    }

    @Test
    void closeAsync_losesItAtOnce_andEndsItWithoutWaiting() throws InterruptedException {
        Lease lease = coord().leases().grant(LONG);
        attach(coord(), lease.id(), "a");
        CompletableFuture<Void> closed = lease.closeAsync();
        assertFalse(lease.isValid());
        await(closed);
        await(lease.closeAsync());
        await(lease.lost());
        assertEquals(List.of(), present(1));
        eventually("its end", () -> coord(1).leases().find(lease.id()).isEmpty());
    }

    @Test
    void putWithALeaseThatHasEnded_isRefused() throws InterruptedException {
        Lease lease = coord().leases().grant(LONG);
        lease.close();
        for (String id : ids()) {
            LeaseExpiredException error = failure(
                    LeaseExpiredException.class,
                    cluster()
                            .coord(id)
                            .kv()
                            .txn()
                            .then(Op.put(key("a"), "").withLease(lease.id()))
                            .commitAsync());
            assertEquals(lease.id(), error.leaseId());
        }
        assertEquals(List.of(), present(0));
    }

    // ---- its end

    @Test
    void revoke_byAnybody_endsIt_andItsHolderIsTold() throws InterruptedException {
        Lease lease = coord().leases().grant(LONG);
        attach(coord(), lease.id(), "a");
        assertTrue(coord(1).leases().revoke(lease.id()));
        assertEquals(List.of(), present(2));
        await(lease.lost());
        assertFalse(lease.isValid());
        assertFalse(await(coord(2).leases().revokeAsync(lease.id())));
        lease.close();
    }

    @Test
    void leaseOfACrashedPeer_endsAfterItsTimeToLive_neverSooner() throws InterruptedException {
        String holder = follower();
        String other = otherThan(holder);
        Lease lease = cluster().coord(holder).leases().grant(TTL);
        attach(cluster().coord(holder), lease.id(), "a", "b");
        Ended ended = new Ended(lease);
        try (Watch watch = cluster().coord(other).watch(WatchSpec.of(keys()).deletesOnly(), ended)) {
            cluster().faults().crash(holder);
            long crashed = cluster().ticker().nanos();
            eventually("the end of the lease", () -> !ended.changes.isEmpty());

            assertEquals(List.of("DELETE a, DELETE b"), ended.texts());
            assertTrue(ended.wasPast.get(), "not early");
            assertTrue(ended.atNanos.get() - crashed < TTL.plus(LATE).toNanos(), "not late");
            assertTrue(watch.deliveredRevision() > 0);
        }
        assertTrue(cluster().coord(other).leases().find(lease.id()).isEmpty());
        assertFalse(lease.isValid());
    }

    /** Knows when it heard of a change first, and whether the holder's validity was over by then, on the holder's clock. */
    private final class Ended extends Heard {
        final AtomicLong atNanos = new AtomicLong();
        final AtomicBoolean wasPast = new AtomicBoolean();
        private final Lease lease;

        Ended(Lease lease) {
            this.lease = lease;
        }

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            if (atNanos.compareAndSet(0, cluster().ticker().nanos())) {
                wasPast.set(lease.validUntil().isPast());
            }
            super.onChange(revision, events);
        }
    }

    @Test
    void holderThatIsCutOff_isToldBeforeTheStoreEndsIt_andForGood() throws InterruptedException {
        String holder = follower();
        String other = otherThan(holder);
        Lease lease = cluster().coord(holder).leases().grant(TTL);
        attach(cluster().coord(holder), lease.id(), "a");
        AtomicLong toldAt = new AtomicLong();
        lease.lost().thenRun(() -> toldAt.set(cluster().ticker().nanos()));
        Ended ended = new Ended(lease);
        try (Watch watch = cluster().coord(other).watch(WatchSpec.of(keys()).deletesOnly(), ended)) {
            cluster().faults().isolate(holder);
            eventually("the end of the lease", () -> !ended.changes.isEmpty());
            assertFalse(lease.isValid());
            assertTrue(ended.wasPast.get(), "not early");
            assertTrue(toldAt.get() != 0, "told");
            assertTrue(ended.atNanos.get() - toldAt.get() > 0, "told before");
            cluster().faults().heal();
            assertTrue(watch.deliveredRevision() > 0);
        }
        cluster().advance(TTL);
        assertFalse(lease.isValid(), "for good");
        lease.close();
    }

    // ---- leases that nobody keeps alive

    @Test
    void detachedLease_endsAfterItsTimeToLive_neverSooner_withItsKeys() throws InterruptedException {
        Heard heard = new Heard();
        try (Watch watch = coord(1).watch(WatchSpec.of(keys()).deletesOnly(), heard)) {
            long asked = cluster().ticker().nanos();
            long id = coord().leases().grantDetached(TTL);
            attach(coord(2), id, "b", "a");
            eventually("the end of the lease", () -> !heard.changes.isEmpty());

            assertEndsInTime(TTL, asked);
            assertEquals(List.of("DELETE a, DELETE b"), heard.texts());
            assertTrue(watch.deliveredRevision() > 0);
            assertTrue(coord(1).leases().find(id).isEmpty());
            failure(
                    LeaseExpiredException.class,
                    coord(2).kv().txn().then(Op.put(key("c"), "").withLease(id)).commitAsync());
        }
    }

    /** By a clock that may differ from the Raft leader's by a fiftieth. */
    private void assertEndsInTime(Duration ttl, long asked) {
        Duration lived = Duration.ofNanos(cluster().ticker().nanos() - asked);
        assertTrue(lived.compareTo(ttl.minus(ttl.dividedBy(50))) >= 0, () -> "early: " + lived);
        assertTrue(lived.compareTo(ttl.plus(ttl.dividedBy(50)).plus(LATE.dividedBy(2))) < 0, () -> "late: " + lived);
    }

    @Test
    void detachedLease_goesOnOverALeaderChange_andEndsAsIfThereWasNone() throws InterruptedException {
        Duration ttl = TTL.multipliedBy(6);
        long asked = cluster().ticker().nanos();
        long id = await(cluster().coord(follower()).leases().grantDetachedAsync(ttl));
        attach(coord(), id, "a");
        cluster().advance(TTL.multipliedBy(2));
        changeRaftLeader();
        assertEquals(List.of("a"), present(1));
        Coord coord = coord(1);
        eventually("the end of the lease", () -> coord.leases().find(id).isEmpty());

        assertEndsInTime(ttl, asked);
        assertEquals(List.of(), present(0));
    }

    @Test
    void detachedLease_survivesItsHandle_andCanBeRevoked() throws InterruptedException {
        Coord handle = cluster().open(ids().get(1), Duration.ofSeconds(5));
        long id = handle.leases().grantDetached(LONG);
        attach(handle, id, "a");
        handle.close();
        cluster().advance(TTL.multipliedBy(2));

        assertEquals(List.of("a"), present(0));
        LeaseInfo info = coord().leases().find(id).orElseThrow();
        assertEquals(new LeaseInfo(id, LONG, List.of(key("a"))), info);
        assertTrue(coord(2).leases().revoke(id));
        assertEquals(List.of(), present(0));
        assertFalse(coord(2).leases().revoke(id));
    }

    // ---- bounds

    @Test
    void timeToLive_hasBounds() throws InterruptedException {
        for (Duration ttl : List.of(Leases.MIN_TTL, Leases.MAX_TTL)) {
            try (Lease lease = coord().leases().grant(ttl)) {
                assertEquals(ttl, lease.ttl());
            }
        }
        for (Duration ttl : List.of(Leases.MIN_TTL.minusMillis(1), Leases.MAX_TTL.plusMillis(1), Duration.ZERO)) {
            assertThrows(IllegalArgumentException.class, () -> coord().leases().grant(ttl), ttl::toString);
            assertThrows(IllegalArgumentException.class, () -> coord().leases().grantAsync(ttl), ttl::toString);
            assertThrows(IllegalArgumentException.class, () -> coord().leases().grantDetached(ttl), ttl::toString);
            assertThrows(IllegalArgumentException.class, () -> coord().leases().grantDetachedAsync(ttl), ttl::toString);
        }
        assertThrows(IllegalArgumentException.class, () -> Op.put(key("a"), "").withLease(-1));
    }
}
