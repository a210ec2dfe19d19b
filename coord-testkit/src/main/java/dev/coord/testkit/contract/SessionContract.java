package dev.coord.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import dev.coord.lease.Leases;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a handle and its {@link dev.coord.lease.Session} promise, from the opening to the end. */
public abstract class SessionContract extends ClusterContract {
    private static final Duration TTL = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofMinutes(2);

    /** For subclasses. */
    protected SessionContract() {}

    private Coord open(Duration ttl) {
        return open(ids().get(0), ttl);
    }

    private Coord open(String peer, Duration ttl) {
        return cluster().open(peer, ttl);
    }

    private void attach(Coord coord, String name, long lease) throws InterruptedException {
        coord.kv().txn().then(Op.put(key(name), "").withLease(lease)).commit();
    }

    private long present(String peer) throws InterruptedException {
        return cluster().coord(peer).kv().range(RangeQuery.of(keys())).count();
    }

    // ---- life

    @Test
    void sessionOpened_isValid_withAnIdAndATimeToLiveOfItsOwn() {
        try (Coord first = open(LONG);
                Coord second = open(TTL)) {
            assertNotEquals(first.session().id(), second.session().id());
            assertTrue(first.session().id() > 0);
            assertEquals(LONG, first.session().ttl());
            assertEquals(TTL, second.session().ttl());
            assertTrue(first.session().isValid());
            assertFalse(first.session().validUntil().isPast());
            assertTrue(first.session().validUntil().remaining().compareTo(LONG) <= 0);
            assertPending(first.session().lapsed());
            assertPending(first.session().expired());
        }
    }

    @Test
    void sharedHandle_isTheSameUntilItsPeerIsStartedAnew() {
        String peer = follower();
        Coord before = cluster().coord(peer);
        assertSame(before, cluster().coord(peer));
        cluster().faults().crash(peer);
        assertFalse(before.session().isValid());
        cluster().faults().restart(peer);
        Coord after = cluster().coord(peer);
        assertNotSame(before, after);
        assertTrue(after.session().id() > before.session().id());
        assertTrue(await(after.kv().putAsync(key("a"), Value.of("1"))) > 0);
        failure(ClosedException.class, before.kv().putAsync(key("a"), Value.of("2")));
    }

    @Test
    void session_isKeptAliveBeyondItsTimeToLive() throws InterruptedException {
        try (Coord coord = open(TTL)) {
            attach(coord, "a", coord.session().id());
            cluster().advance(TTL.multipliedBy(3));
            assertTrue(coord.session().isValid());
            assertPending(coord.session().lapsed());
            assertEquals(1, present(ids().get(1)));
        }
    }

    // ---- closed

    @Test
    void close_endsWhatHangsOnTheSession_andNothingElse() throws InterruptedException {
        Coord other = open(LONG);
        attach(other, "other", other.session().id());
        Coord coord = open(LONG);
        attach(coord, "session", coord.session().id());
        Lease lease = coord.leases().grant(LONG);
        attach(coord, "lease", lease.id());
        coord.kv().put(key("plain"), "");
        Heard heard = new Heard();
        coord.watch(WatchSpec.of(keys()), heard);
        CompletableFuture<Void> lapsed = coord.session().lapsed();
        coord.close();
        coord.close();

        assertEquals(
                List.of(key("other"), key("plain")),
                coord(1).kv().range(RangeQuery.of(keys())).entries().stream()
                        .map(entry -> entry.key())
                        .toList());
        assertFalse(coord.session().isValid());
        assertFalse(lease.isValid());
        await(coord.session().expired());
        await(lapsed);
        await(lease.lost());
        eventually("the watch has ended", () -> heard.end() != null);
        assertInstanceOf(ClosedException.class, heard.end());
        assertTrue(other.session().isValid());
        other.close();
    }

    @Test
    void closedHandle_refusesEverything() {
        Coord coord = open(LONG);
        coord.close();
        ClosedException error = failure(ClosedException.class, coord.kv().putAsync(key("a"), Value.of("1")));
        assertEquals(Outcome.NOT_APPLIED, error.outcome());
        failure(ClosedException.class, coord.kv().getAsync(key("a"), Consistency.linearizable()));
        failure(ClosedException.class, coord.kv().getAsync(key("a"), Consistency.sequential()));
        failure(ClosedException.class, coord.leases().grantAsync(LONG));
        assertThrows(ClosedException.class, () -> coord.kv().put(key("a"), "1"));
        assertThrows(ClosedException.class, () -> coord.kv().get(key("a")));
        assertThrows(ClosedException.class, () -> coord.watch(WatchSpec.of(keys()), new Heard()));
    }

    // ---- lost

    @Test
    void sessionOfACrashedPeer_endsAfterItsTimeToLive_andItsLeasesDoToo() throws InterruptedException {
        String holder = follower();
        String other = otherThan(holder);
        Coord coord = cluster().open(holder, TTL);
        attach(coord, "session", coord.session().id());
        Lease lease = coord.leases().grant(TTL);
        attach(coord, "lease", lease.id());
        cluster().faults().crash(holder);
        assertEquals(2, present(other), "nobody was told");

        Coord watching = cluster().coord(other);
        eventually(
                "the session's end",
                () -> watching.leases().find(coord.session().id()).isEmpty()
                        && watching.leases().find(lease.id()).isEmpty());
        assertTrue(coord.session().validUntil().isPast());
        assertEquals(0, present(other));
    }

    @Test
    void sessionCutOffForLong_lapsesBeforeTheStoreEndsIt_andExpiresOnceThatIsKnown() throws InterruptedException {
        String holder = follower();
        String other = otherThan(holder);
        Coord coord = cluster().open(holder, TTL);
        attach(coord, "a", coord.session().id());
        AtomicLong lapsedAt = new AtomicLong();
        coord.session().lapsed().thenRun(() -> lapsedAt.set(cluster().ticker().nanos()));
        Heard heard = new Heard();
        Watch watch = coord.watch(WatchSpec.of(keys()), heard);
        Coord watching = cluster().coord(other);
        eventually(
                "the session's beginning",
                () -> watching.leases().find(coord.session().id()).isPresent());
        cluster().faults().isolate(holder);
        eventually(
                "the session's end",
                () -> watching.leases().find(coord.session().id()).isEmpty());
        assertTrue(lapsedAt.get() != 0, "lapsed before");
        assertFalse(coord.session().isValid());
        assertPending(coord.session().expired());

        cluster().faults().heal();
        await(coord.session().expired());
        failure(SessionExpiredException.class, coord.kv().putAsync(key("late"), Value.of("1")));
        assertTrue(coord.session().lapsed().isDone(), "and stays lapsed");
        assertTrue(coord.kv().get(key("a")).isEmpty(), "reads go on");
        eventually("watches go on", () -> heard.texts().equals(List.of("DELETE a")));
        watch.close();
        coord.close();
    }

    @Test
    void sessionThatLapsed_goesOn_ifTheStoreHasKeptIt() throws InterruptedException {
        String holder = follower();
        List<String> others = ids().stream().filter(id -> !id.equals(holder)).toList();
        Coord coord = cluster().open(holder, TTL);
        attach(coord, "a", coord.session().id());
        CompletableFuture<Void> lapsed = coord.session().lapsed();
        // With the Raft leader gone nobody can end it, and the next one gives its holder time.
        others.forEach(cluster().faults()::crash);
        await(lapsed);
        eventually("it is invalid", () -> !coord.session().isValid());
        assertTrue(coord.session().lapsed().isDone());

        others.forEach(cluster().faults()::restart);
        eventually("it is valid again", () -> coord.session().isValid());
        assertTrue(lapsed.isDone(), "the former signal stays");
        assertNotSame(lapsed, coord.session().lapsed());
        assertPending(coord.session().expired());
        attach(coord, "b", coord.session().id());
        assertEquals(2, present(others.get(0)));
        coord.close();
    }

    @Test
    void timeToLive_hasBounds() {
        for (Duration ttl : List.of(Leases.MIN_TTL.minusMillis(1), Leases.MAX_TTL.plusMillis(1))) {
            assertThrows(IllegalArgumentException.class, () -> open(ttl), ttl::toString);
        }
        open(Leases.MIN_TTL).close();
        open(Leases.MAX_TTL).close();
    }

    // ---- ended by others when silent

    private boolean endIfSilent(Coord by, long session) {
        return cluster().await(by.leases().endIfSilentAsync(session));
    }

    @Test
    void silentSession_isEndedByOthers_longBeforeItsTime() throws InterruptedException {
        String peer = ids().get(2);
        Coord silent = cluster().open(peer, LONG, TTL);
        long id = silent.session().id();
        attach(silent, "a", id);
        cluster().faults().isolate(peer);
        // The others may have no Raft leader at first: each look waits for one.
        cluster().runUntil("the end of the session", LIMIT, () -> endIfSilent(coord(), id));
        assertFalse(silent.session().isValid(), "it had lapsed before");
        assertEquals(0, present(ids().get(0)));
        assertTrue(endIfSilent(coord(), id), "ended already");
        cluster().faults().heal();
        cluster().await(silent.session().expired());
    }

    @Test
    void suspectedSession_thatIsAlive_goesOn() throws InterruptedException {
        try (Coord alive = cluster().open(ids().get(0), LONG, TTL)) {
            for (int i = 0; i < 15; i++) {
                assertFalse(coord(1).leases().endIfSilent(alive.session().id()));
                assertTrue(alive.session().isValid());
                cluster().advance(TTL.dividedBy(10));
            }
            assertFalse(alive.session().expired().isDone());
            assertEquals(TTL, alive.session().validity());
            assertEquals(LONG, alive.session().ttl());
        }
    }

    @Test
    void silentSession_thatReliesOnAllOfItsTime_isNotEndedSooner() throws InterruptedException {
        String peer = ids().get(2);
        Coord silent = open(peer, LONG);
        cluster().faults().isolate(peer);
        cluster().advance(TTL.multipliedBy(2));
        assertFalse(coord().leases().endIfSilent(silent.session().id()));
        assertEquals(LONG, silent.session().validity());
        cluster().faults().heal();
        silent.close();
        assertTrue(coord().leases().endIfSilent(silent.session().id()));
    }

    @Test
    void suspicionAtAPeerWithoutARaftLeader_endsWithThePeer() {
        String peer = ids().get(2);
        Coord alone = cluster().coord(peer);
        long id = coord().session().id();
        cluster().faults().isolate(peer);
        cluster().advance(TTL);
        CompletableFuture<Boolean> asked = alone.leases().endIfSilentAsync(id);
        cluster().faults().crash(peer);
        boolean isTold = cluster().await(asked.handle((gone, error) -> error instanceof CoordException));
        assertTrue(isTold);
        cluster().faults().heal();
        cluster().faults().restart(peer);
    }

    @Test
    void leaseNotGrantedYet_isNotGone() throws InterruptedException {
        assertFalse(coord().leases().endIfSilent(Long.MAX_VALUE));
    }

    @Test
    void validity_hasBounds() {
        String peer = ids().get(0);
        for (Duration validity : List.of(Leases.MIN_TTL.minusMillis(1), TTL.plusMillis(1), Duration.ZERO)) {
            assertThrows(IllegalArgumentException.class, () -> cluster().open(peer, TTL, validity), validity::toString);
        }
        assertThrows(IllegalArgumentException.class, () -> coord().leases().endIfSilent(0));
        assertThrows(IllegalArgumentException.class, () -> coord().leases().endIfSilentAsync(-1));
    }
}
