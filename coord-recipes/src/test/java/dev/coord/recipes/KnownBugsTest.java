package dev.coord.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.fence.FenceGuard;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.SimulatedFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Bugs that users of other libraries reported of their locks and elections, each by the number of its report: the same
 * course of events, in which ours must not do the same. A library may have mended its bug since.
 */
@Timeout(120)
class KnownBugsTest {
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String PATH = "/bugs/one";

    @RegisterExtension
    final CoordExtension extension = CoordExtension.peers(3).simulated();

    private final List<FencedHandle> handles = new CopyOnWriteArrayList<>();

    private SimulatedCluster cluster;
    private SimulatedFaults faults;

    @BeforeEach
    void watchTheHandles() {
        cluster = extension.simulation();
        faults = cluster.faults();
        cluster.onStep(
                () -> assertThat(handles.stream().filter(FencedHandle::isValid).count())
                        .as("handles valid at once")
                        .isLessThanOrEqualTo(1));
    }

    @AfterEach
    void nothingIsLeft() {
        cluster.runUntil("an empty store", Duration.ofMinutes(10), () -> queue().isEmpty());
    }

    // ---- what they say of each other

    private DistributedLock lock(Coord coord) {
        return DistributedLock.on(coord, PATH);
    }

    private LeaderElection election(Coord coord) {
        return LeaderElection.on(coord, PATH);
    }

    /** Has a handle looked at from the moment it is there. */
    private <T extends FencedHandle> CompletableFuture<T> observed(CompletableFuture<T> request) {
        CompletableFuture<Void> ignored = request.thenAccept(handles::add);
        return request;
    }

    private <T> T await(CompletableFuture<T> future) {
        return cluster.await(future);
    }

    private <T> T awaitSoon(CompletableFuture<T> future) {
        cluster.runUntil("an outcome", Duration.ofSeconds(10), future::isDone);
        return await(future);
    }

    private void aMoment() {
        cluster.advance(Duration.ofMillis(200));
    }

    private List<Entry> queue() {
        return cluster.committed(RangeQuery.of(KeyRange.prefix("/bugs/"))).entries();
    }

    private boolean writes(Coord coord, FencedHandle handle, String key) {
        return await(coord.kv()
                        .txn()
                        .when(handle.guard())
                        .then(Op.put(key, "written"))
                        .commitAsync())
                .succeeded();
    }

    /**
     * A client that came back with a new session took the lock node of its old one, which the server was about to delete,
     * for its own: it held, and after the deletion another held as well.
     */
    @Test
    void curator1121_lockOnADyingEphemeral_isNotGrantedTwice() {
        LockHandle first =
                await(observed(lock(cluster.open("n1", LONG)).withHolder("n1").acquireAsync()));
        faults.crash("n1");
        faults.restart("n1");
        Coord anew = cluster.open("n1", LONG);
        CompletableFuture<LockHandle> again =
                observed(lock(anew).withHolder("n1").acquireAsync());
        aMoment();
        CompletableFuture<LockHandle> other =
                observed(lock(cluster.coord("n2")).withHolder("n2").acquireAsync());
        cluster.advance(LONG.dividedBy(2));
        assertThat(again).as("the old one's key is still there").isNotDone();
        assertThat(other).isNotDone();
        assertThat(queue()).hasSize(3);

        cluster.advance(LONG.dividedBy(2));
        LockHandle second = awaitSoon(again);
        assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
        cluster.advance(LONG);
        assertThat(second.isValid()).isTrue();
        assertThat(other).isNotDone();
        second.close();
        awaitSoon(other).close();
    }

    /**
     * A release that failed for a lost connection was forgotten locally, while the node stayed for as long as the session
     * lived: nobody could acquire any more.
     */
    @Test
    void curator1193_releaseThatFails_isMadeUpFor() {
        Coord cutOff = cluster.open("n1", LONG);
        LockHandle held = await(observed(lock(cutOff).acquireAsync()));
        CompletableFuture<LockHandle> next = observed(lock(cluster.coord("n2")).acquireAsync());
        aMoment();
        faults.isolate("n1");
        CompletableFuture<Void> released = held.closeAsync();
        cluster.advance(Duration.ofSeconds(40));
        assertThat(released).isNotDone();
        assertThat(next).isNotDone();
        faults.heal();

        CompletableFuture<LockHandle> again = observed(lock(cutOff).acquireAsync());
        awaitSoon(next).close();
        awaitSoon(again).close();
        awaitSoon(released);
    }

    /**
     * Reconnecting in quick succession, a latch made a node at each attempt and knew only of the last: the others led
     * with nobody behind them.
     */
    @Test
    void curator1024_reconnects_leaveNoOrphanedCandidate() {
        Coord unlucky = cluster.open("n1", LONG);
        faults.elect("n2");
        Leadership first = await(observed(election(cluster.coord("n2")).campaignAsync("n2")));
        faults.cut("n2", "n1"); // n1 is heard by the Raft leader, and does not hear of it
        faults.cut("n3", "n1");
        CompletableFuture<Leadership> campaign = observed(election(unlucky).campaignAsync("n1"));
        for (int i = 0; i < 3; i++) {
            cluster.advance(Duration.ofSeconds(11));
            faults.heal();
            cluster.advance(Duration.ofMillis(20));
            faults.isolate("n1");
        }
        faults.heal();
        cluster.advance(Duration.ofSeconds(20));
        assertThat(queue()).as("the elected leader and one candidate").hasSize(2);

        first.close();
        Leadership second = awaitSoon(campaign);
        assertThat(queue()).singleElement().extracting(Entry::createRevision).isEqualTo(second.term());
        second.close();
    }

    /**
     * Two reconnections were handled at once, and a latch found the node of its session that had just ended to be the
     * first: it led, until the server deleted the node, and beyond.
     */
    @Test
    void curator1137_reconnectingTwice_doesNotElectTheNodeOfAnEndingSession() {
        Leadership first = await(observed(election(cluster.open("n1", LONG)).campaignAsync("n1")));
        faults.crash("n1");
        faults.restart("n1");
        Coord anew = cluster.open("n1", LONG);
        CompletableFuture<Leadership> once = observed(election(anew).campaignAsync("n1"));
        CompletableFuture<Leadership> twice = observed(election(anew).campaignAsync("n1"));
        cluster.advance(LONG.dividedBy(2));
        assertThat(once).as("the former leader's key is still there").isNotDone();
        assertThat(twice).isNotDone();

        cluster.advance(LONG.dividedBy(2));
        Leadership second = awaitSoon(once);
        assertThat(second.term()).isGreaterThan(first.term());
        assertThat(twice).isNotDone();
        second.close();
        awaitSoon(twice).close();
    }

    /**
     * A latch that was about to delete its node heard that the one before it had gone, found itself the first and led;
     * then it deleted the node, and the next led as well.
     */
    @Test
    void curator1169_withdrawnCandidate_isNotElectedBesideTheNext() {
        int tooLate = 0;
        for (int steps = 0; tooLate < 3; steps++) {
            Leadership first = awaitSoon(observed(election(cluster.coord("n1")).campaignAsync("n1")));
            CompletableFuture<Leadership> withdrawn =
                    observed(election(cluster.coord("n2")).campaignAsync("n2"));
            aMoment();
            CompletableFuture<Leadership> next =
                    observed(election(cluster.coord("n3")).campaignAsync("n3"));
            aMoment();
            CompletableFuture<Void> resigned = first.closeAsync();
            cluster.runUntil("the end of its key", SHORT, () -> queue().size() == 2);
            long withdrawnAt = cluster.steps() + steps;
            cluster.runUntil("its turn", SHORT, () -> cluster.steps() >= withdrawnAt);
            if (!withdrawn.cancel(false)) {
                tooLate++;
                await(withdrawn).closeAsync();
            }
            awaitSoon(next).close();
            await(resigned);
            cluster.runUntil("no orphan", SHORT, () -> queue().isEmpty());
        }
    }

    /**
     * The servers were away until the leader's session had run out; when they came back the leader led again by its old
     * node, did not notice that it was deleted, and so did the next.
     */
    @Test
    void curator1211_leaderOfALapsedSession_doesNotLeadAgain() {
        Coord lapsing = cluster.open("n1", SHORT);
        Leadership first = await(observed(election(lapsing).campaignAsync("n1")));
        faults.crash("n2");
        faults.crash("n3");
        cluster.runUntil("the end of its validity", LONG, () -> !first.isValid());
        faults.restart("n2");
        faults.restart("n3");
        CompletableFuture<Leadership> next =
                observed(election(cluster.coord("n2")).campaignAsync("n2"));
        Leadership second = awaitSoon(next);
        cluster.advance(SHORT.multipliedBy(3));
        assertThat(lapsing.session().isValid()).as("the session recovered").isTrue();
        assertThat(first.isValid()).isFalse();
        assertThat(second.isValid()).isTrue();
        assertThat(writes(cluster.coord("n3"), first, "/bugs/one-late")).isFalse();
        second.close();
    }

    /** A holder whose session had run out behind a broken network was never told, and went on beside the next holder. */
    @Test
    void curator727_holderThatIsCutOff_isToldBeforeTheNextHolds() {
        LockHandle first = await(observed(lock(cluster.open("n1", SHORT)).acquireAsync()));
        AtomicBoolean told = new AtomicBoolean();
        first.lost().thenRun(() -> told.set(true));
        CompletableFuture<LockHandle> next = observed(lock(cluster.coord("n2")).acquireAsync());
        CompletableFuture<Boolean> inTime = next.thenApply(granted -> told.get() && !first.isValid());
        faults.isolate("n1");
        assertThat(awaitSoon(inTime)).isTrue();
        faults.heal();
        await(next).close();
    }

    /** A waiter whose lease had run out in the queue was told that it held as soon as the one before it let go. */
    @Test
    void etcd11456_waiterWhoseLeaseHasEnded_isNotGranted() {
        LockHandle first = await(observed(lock(cluster.coord("n1")).acquireAsync()));
        CompletableFuture<LockHandle> dead =
                observed(lock(cluster.open("n2", SHORT)).acquireAsync());
        aMoment();
        faults.pause("n2");
        cluster.advance(SHORT.multipliedBy(3));
        assertThat(queue()).as("its lease has ended").hasSize(1);
        first.close();
        LockHandle second = await(observed(lock(cluster.coord("n3")).acquireAsync()));
        faults.resume("n2");
        assertThat(catchThrowable(() -> awaitSoon(dead)))
                .isInstanceOfAny(SessionExpiredException.class, FencedException.class);
        assertThat(second.isValid()).isTrue();
        second.close();
    }

    /**
     * The documentation promised mutual exclusion; yet a holder that was stopped before its write wrote after the next
     * holder had written, and an update was lost.
     */
    @Test
    void etcd11457_lateWriteOfAFormerHolder_isRefused() {
        String key = "/bugs/shared";
        FenceGuard outside = FenceGuard.inMemory();
        Coord other = cluster.open("n2", SHORT);
        Coord stopping = cluster.open("n1", SHORT);
        CompletableFuture<LockHandle> late = cluster.run("n1", () -> {
            LockHandle lock = lock(stopping).acquire();
            handles.add(lock);
            assertThat(lock.isValid()).isTrue();
            faults.pause("n1");
            return lock;
        });
        cluster.runUntil("the pause", SHORT, () -> !cluster.isRunning("n1"));
        LockHandle second = await(observed(lock(other).acquireAsync()));
        assertThat(writes(other, second, key)).isTrue();
        outside.check("file", second.fencingToken());
        second.close();
        faults.resume("n1");

        LockHandle first = await(late);
        assertThat(writes(cluster.coord("n1"), first, key)).isFalse();
        assertThatThrownBy(() -> outside.check("file", first.fencingToken())).isInstanceOf(FencedException.class);
        await(cluster.coord("n2").kv().txn().then(Op.delete(key)).commitAsync());
    }

    /** Threads of one client, virtual ones perhaps, acquired a lock that another of them held. */
    @Test
    void redisson6881_lockHeldByAnotherThread_isNotGranted() {
        List<CompletableFuture<Integer>> threads = new ArrayList<>();
        AtomicBoolean inside = new AtomicBoolean();
        for (int i = 0; i < 4; i++) {
            threads.add(cluster.run("n1", () -> {
                int times = 0;
                while (times < 10) {
                    try (LockHandle lock = lock(cluster.coord("n1")).acquire()) {
                        handles.add(lock);
                        assertThat(inside.compareAndSet(false, true))
                                .as("alone inside")
                                .isTrue();
                        assertThat(lock(cluster.coord("n1")).tryAcquire())
                                .as("the same thread once more")
                                .isEmpty();
                        cluster.sleep(Duration.ofMillis(10));
                        assertThat(inside.compareAndSet(true, false)).isTrue();
                    }
                    times++;
                }
                return times;
            }));
        }
        // The first failure of any: the others may wait for what that one holds.
        cluster.runUntil(() -> threads.stream().allMatch(CompletableFuture::isDone)
                || threads.stream().anyMatch(CompletableFuture::isCompletedExceptionally));
        threads.stream().filter(CompletableFuture::isCompletedExceptionally).forEach(this::await);
        threads.forEach(thread -> assertThat(await(thread)).isEqualTo(10));
    }

    /** Each lock that was ever used, and each attempt at a busy one, stayed in memory until there was none left. */
    @Test
    void hazelcast20315_locksNoLongerUsed_leaveNothingBehind() throws Exception {
        try (SimulatedCluster small = SimulatedCluster.builder()
                .maxWatches(8)
                .sessionLimits(64, 8)
                .seed(cluster.seed())
                .start()) {
            for (int i = 0; i < 300; i++) {
                DistributedLock here = DistributedLock.on(small.coord("n1"), "/bugs/" + i);
                DistributedLock there = DistributedLock.on(small.coord("n2"), "/bugs/" + i);
                LockHandle held = here.acquire();
                CompletableFuture<LockHandle> given = there.acquireAsync();
                CompletableFuture<LockHandle> givenUp = there.acquireAsync();
                assertThat(there.tryAcquire()).isEmpty();
                assertThat(here.tryAcquire(Duration.ofMillis(100))).isEmpty();
                givenUp.cancel(false);
                held.close();
                small.await(given).close();
            }
            small.runUntil(
                    "an empty store",
                    SHORT,
                    () -> small.committed(RangeQuery.of(KeyRange.prefix("/")))
                            .entries()
                            .isEmpty());
            small.assertReplicasAgree();
        }
    }
}
