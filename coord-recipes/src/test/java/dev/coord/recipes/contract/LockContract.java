package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.lock.Acquirable;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.DistributedReadWriteLock;
import dev.coord.recipes.lock.DistributedSemaphore;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.LockInfo;
import dev.coord.recipes.lock.LockTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link DistributedLock}. */
abstract class LockContract extends RecipeContract {

    private DistributedLock lock(Coord coord) {
        return DistributedLock.on(coord, path());
    }

    private List<Entry> queue() {
        return await(coord(0).kv().rangeAsync(RangeQuery.of(KeyRange.prefix(path() + "/")), Consistency.linearizable()))
                .entries();
    }

    @Test
    void free_isHeldAtOnce_andReleasedByClose() throws Exception {
        LockHandle lock = lock(coord(0)).acquire();
        assertHeld(lock);
        assertThat(writes(coord(1), lock, "by any peer")).isTrue();
        lock.close();
        lock.close();
        assertLost(lock);
        assertThat(queue()).isEmpty();
        assertThat(lock(coord(0)).holder()).isEmpty();
    }

    @Test
    void busy_isGrantedInTheOrderOfRequests_withGrowingTokens() throws Exception {
        List<CompletableFuture<LockHandle>> requests = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            requests.add(lock(coord(i % 3)).acquireAsync());
            aMoment();
            assertThat(queue()).hasSize(i + 1);
        }
        long token = 0;
        for (int i = 0; i < 6; i++) {
            LockHandle lock = await(requests.get(i));
            assertHeld(lock);
            assertThat(lock.fencingToken()).isGreaterThan(token);
            assertThat(requests.subList(i + 1, 6)).noneMatch(CompletableFuture::isDone);
            token = lock.fencingToken();
            lock.close();
        }
        assertThat(queue()).isEmpty();
    }

    @Test
    void busy_isNotTaken_byThoseWhoDoNotWait() throws Exception {
        LockHandle held = lock(coord(0)).withHolder("node-1").acquire();
        assertThat(lock(coord(1)).tryAcquire()).isEmpty();
        assertThat(lock(coord(0)).tryAcquire()).as("not reentrant").isEmpty();
        assertThat(lock(coord(1)).tryAcquire(Duration.ofMillis(100))).isEmpty();
        assertThatThrownBy(() -> lock(coord(2)).acquire(Duration.ofMillis(100)))
                .isInstanceOf(LockTimeoutException.class)
                .hasMessageContaining(path())
                .hasMessageEndingWith("; holds, as far as is known here: node-1 (token " + held.fencingToken() + ")");
        // Whoever gave up leaves the line in the background.
        aMoment();
        assertThat(queue()).hasSize(1);
        assertThat(lock(coord(2)).holder()).contains(new LockInfo("node-1", held.fencingToken()));
        held.close();
        try (LockHandle next = lock(coord(1)).tryAcquire().orElseThrow()) {
            assertThat(next.fencingToken()).isGreaterThan(held.fencingToken());
        }
    }

    @Test
    void cancelledRequest_leavesTheLine() throws Exception {
        LockHandle first = lock(coord(0)).acquire();
        CompletableFuture<LockHandle> second = lock(coord(1)).acquireAsync();
        aMoment();
        CompletableFuture<LockHandle> third = lock(coord(2)).acquireAsync();
        aMoment();
        second.cancel(false);
        aMoment();
        assertThat(third).isNotDone();
        assertThat(queue()).hasSize(2);
        first.close();
        await(third).close();
        assertThat(queue()).isEmpty();
    }

    @Test
    void holderOfACrashedPeer_losesTheLockAfterItsTimeToLive() throws Exception {
        String holder = leader();
        LockHandle first = await(lock(cluster().open(holder, TTL)).acquireAsync());
        CompletableFuture<LockHandle> next =
                lock(cluster().coord(othersThan(holder).get(0))).acquireAsync();
        CompletableFuture<Boolean> wasOver = next.thenApply(granted -> !first.isValid());
        cluster().faults().crash(holder);
        LockHandle second = await(next);
        assertThat(await(wasOver)).isTrue();
        assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
        await(first.lost());
        assertThat(writes(cluster().coord(othersThan(holder).get(1)), first, "late"))
                .isFalse();
        second.close();
    }

    @Test
    void holderThatIsCutOff_losesTheLockBeforeAnotherGetsIt_andForGood() throws Exception {
        String holder = leader();
        List<String> others = othersThan(holder);
        Coord cutOff = cluster().open(holder, TTL);
        LockHandle first = await(lock(cutOff).acquireAsync());
        CompletableFuture<LockHandle> next =
                lock(cluster().coord(others.get(0))).acquireAsync();
        CompletableFuture<Boolean> wasOver =
                next.thenApply(granted -> !first.isValid() && first.lost().isDone());
        cluster().faults().isolate(holder);
        LockHandle second = await(next);
        assertThat(await(wasOver)).isTrue();
        assertThat(first.validUntil().isPast()).isTrue();
        cluster().faults().heal();

        assertThat(writes(cluster().coord(others.get(1)), first, "late")).isFalse();
        assertThat(writes(cluster().coord(others.get(1)), second, "mine")).isTrue();
        await(first.closeAsync());
        assertThat(second.isValid()).as("the next one's key is not touched").isTrue();
        assertThat(failure(lock(cutOff).acquireAsync())).isInstanceOf(SessionExpiredException.class);
        second.close();
    }

    @Test
    void changeOfTheRaftLeader_costsNobodyTheLock() throws Exception {
        String leader = leader();
        List<String> others = othersThan(leader);
        LockHandle lock = await(lock(cluster().coord(others.get(0))).acquireAsync());
        CompletableFuture<LockHandle> next =
                lock(cluster().coord(others.get(1))).acquireAsync();
        aMoment();
        cluster().faults().isolate(leader);
        eventually(
                "another Raft leader",
                () -> cluster().leader().filter(others::contains).isPresent());
        assertThat(lock.isValid()).isTrue();
        assertThat(next).isNotDone();
        cluster().faults().heal();
        await(lock.closeAsync());
        await(next).close();
    }

    @Test
    void keyDeletedByAnybody_isTheEndOfTheHolderAndOfTheWaiter() throws Exception {
        LockHandle held = lock(coord(0)).acquire();
        CompletableFuture<LockHandle> waiting = lock(coord(1)).acquireAsync();
        aMoment();
        coord(2).kv().txn().then(Op.delete(KeyRange.prefix(path() + "/"))).commit();
        assertThat(failure(waiting)).isInstanceOf(FencedException.class);
        await(held.lost());
        assertLost(held);
    }

    @Test
    void closedHandle_givesItsLocksToTheNext_andRefusesRequests() throws Exception {
        Coord own = cluster().open("n1", Duration.ofMinutes(1));
        LockHandle held = lock(own).acquire();
        CompletableFuture<LockHandle> waiting = lock(own).acquireAsync();
        CompletableFuture<LockHandle> next = lock(coord(1)).acquireAsync();
        aMoment();
        own.close();
        await(held.lost());
        assertThat(failure(waiting)).isInstanceOfAny(ClosedException.class, SessionExpiredException.class);
        assertThat(failure(lock(own).acquireAsync()))
                .isInstanceOfAny(ClosedException.class, SessionExpiredException.class);
        await(next).close();
    }

    @Test
    void locksOfNestedPaths_doNotMeet() throws Exception {
        try (LockHandle outer = lock(coord(0)).acquire();
                LockHandle inner =
                        DistributedLock.on(coord(1), path() + "/part").acquire(Duration.ZERO);
                LockHandle beside = DistributedLock.on(coord(1), path() + "2").acquire(Duration.ZERO)) {
            assertThat(List.of(outer, inner, beside)).allMatch(LockHandle::isValid);
        }
        for (String bad : List.of("", path() + "/", path() + "/~x", path() + "//x", "/" + path(), "//")) {
            assertThatThrownBy(() -> DistributedLock.on(coord(0), bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void lockDelay_keepsTheLockOfAFailedHolderFromOthers() throws Exception {
        Duration delay = Duration.ofSeconds(1);
        String holder = othersThan(leader()).get(0);
        Coord other = cluster().coord(othersThan(holder).get(0));
        LockHandle first =
                await(lock(cluster().open(holder, TTL)).withLockDelay(delay).acquireAsync());
        assertHeld(first);
        CompletableFuture<LockHandle> next = lock(other).acquireAsync();
        aMoment();
        long crashedAt = other.ticker().nanos();
        cluster().faults().crash(holder);
        LockHandle second = await(next);
        assertThat(Duration.ofNanos(other.ticker().nanos() - crashedAt)).isGreaterThan(delay);
        assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
        await(second.closeAsync());
        cluster().faults().restart(holder);
    }

    @Test
    void lockDelay_isForThoseWhoLapse_evenIfTheyRecover() throws Exception {
        Duration delay = Duration.ofSeconds(1);
        String holder = othersThan(leader()).get(0);
        Coord other = cluster().coord(othersThan(holder).get(0));
        LockHandle first =
                await(lock(cluster().open(holder, TTL)).withLockDelay(delay).acquireAsync());
        CompletableFuture<LockHandle> next = lock(other).acquireAsync();
        aMoment();
        cluster().faults().isolate(holder);
        eventually("it is lost", () -> !first.isValid());
        long lostAt = other.ticker().nanos();
        cluster().faults().heal();
        LockHandle second = await(next);
        // The clocks of two peers differ a little.
        assertThat(Duration.ofNanos(other.ticker().nanos() - lostAt))
                .isGreaterThan(delay.multipliedBy(9).dividedBy(10));
        await(second.closeAsync());
    }

    @Test
    void lockDelay_ofWhatIsReleasedOrGivenUp_isNone_andNoLeaseIsLeft() throws Exception {
        DistributedLock delayed = lock(coord(0)).withLockDelay(Duration.ofMinutes(1));
        LockHandle first = delayed.withHolder("node-0").acquire(LIMIT);
        assertThat(lock(coord(1)).holder()).contains(new LockInfo("node-0", first.fencingToken()));
        assertThat(delayed.tryAcquire()).isEmpty();
        assertThat(delayed.tryAcquire(Duration.ofMillis(300))).isEmpty();
        assertThatThrownBy(() -> delayed.acquire(Duration.ofMillis(300))).isInstanceOf(LockTimeoutException.class);
        CompletableFuture<LockHandle> cancelled = delayed.acquireAsync();
        CompletableFuture<LockHandle> next =
                lock(coord(2)).withLockDelay(Duration.ofMinutes(1)).acquireAsync();
        eventually("they wait", () -> queue().size() == 3);
        List<Long> leases =
                queue().stream().map(entry -> Ask.decode(entry.value()).lease()).toList();
        assertThat(leases).doesNotContain(0L).doesNotHaveDuplicates();
        cancelled.cancel(false);
        first.close();
        LockHandle second = await(next);
        assertHeld(second);
        second.close();
        CompletableFuture<LockHandle> atOnce = delayed.acquireAsync();
        atOnce.cancel(false);
        eventually("nothing is left", () -> queue().isEmpty());
        eventually(
                "no lease is left",
                () -> leases.stream()
                        .allMatch(lease -> coord(0).leases().find(lease).isEmpty()));
    }

    @Test
    void requestRelease_asksThoseWhoHold_andTakesNothing() throws Exception {
        assertThat(lock(coord(0)).requestRelease()).as("nobody holds it").isFalse();
        LockHandle first = lock(coord(0)).withHolder("node-0").acquire();
        CompletableFuture<LockHandle> next = lock(coord(1)).acquireAsync();
        eventually("it waits", () -> queue().size() == 2);
        assertThat(first.releaseRequested()).isNotDone();
        assertThat(lock(coord(2)).requestRelease()).isTrue();
        assertThat(lock(coord(1)).requestRelease()).as("again").isTrue();
        await(first.releaseRequested());
        assertHeld(first);
        assertThat(lock(coord(1)).holder()).contains(new LockInfo("node-0", first.fencingToken()));
        assertThat(next).isNotDone();
        first.close();
        LockHandle second = await(next);
        aMoment();
        assertThat(second.releaseRequested()).as("it did not hold then").isNotDone();
        second.close();
    }

    @Test
    void misuse_isRefused() {
        DistributedLock lock = lock(coord(0));
        for (Duration bad : List.of(
                Duration.ZERO, Duration.ofMillis(-1), Duration.ofMinutes(1).plusNanos(1))) {
            assertThatThrownBy(() -> lock.withLockDelay(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(bad.toString());
        }
        assertThatThrownBy(() -> DistributedLock.on(coord(0), nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("path");
        assertThatThrownBy(() -> DistributedLock.on(nothing(), path()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("coord");
        assertThatThrownBy(() -> lock.withHolder(nothing())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> lock.tryAcquireAsync(nothing())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> lock.withLockDelay(nothing())).isInstanceOf(NullPointerException.class);
        assertThat(queue()).isEmpty();
    }

    @Test
    void countersUnderTheLock_loseNoUpdate_acrossAChangeOfTheRaftLeader() throws Exception {
        int rounds = 5;
        List<CompletableFuture<Void>> workers = new ArrayList<>();
        for (String id : cluster().ids()) {
            workers.add(count(cluster().coord(id), rounds));
        }
        String leader = leader();
        cluster().faults().isolate(leader);
        eventually(
                "another Raft leader",
                () -> cluster().leader().filter(id -> !id.equals(leader)).isPresent());
        cluster().faults().heal();
        workers.forEach(this::await);
        assertThat(coord(0).kv().get(path() + "-count").orElseThrow().text()).isEqualTo("" + 3 * rounds);
    }

    @Test
    void pathOfTwoKinds_isHeldByOneOfThem() throws Exception {
        List<Acquirable<?>> kinds = List.of(
                DistributedLock.on(coord(0), path()),
                DistributedReadWriteLock.on(coord(1), path()).readLock(),
                DistributedSemaphore.on(coord(2), path(), 5));
        for (Acquirable<?> first : kinds) {
            FencedHandle held = first.acquire();
            for (Acquirable<?> second : kinds) {
                if (second != first) {
                    assertThat(second.tryAcquire())
                            .as(first + ", then " + second)
                            .isEmpty();
                }
            }
            held.close();
        }
        assertNothingLeft();
    }

    private CompletableFuture<Void> count(Coord coord, int rounds) {
        return rounds == 0
                ? CompletableFuture.completedFuture(null)
                : lock(coord)
                        .acquireAsync()
                        .thenCompose(lock -> increment(coord, lock)
                                .thenCompose(done -> lock.closeAsync()
                                        .thenCompose(closed -> count(coord, done ? rounds - 1 : rounds))));
    }

    private CompletableFuture<Boolean> increment(Coord coord, LockHandle lock) {
        String key = path() + "-count";
        return coord.kv()
                .getAsync(key, Consistency.linearizable())
                .thenCompose(found -> coord.kv()
                        .txn()
                        .when(lock.guard())
                        .then(Op.put(
                                key,
                                ""
                                        + (found.map(Entry::text)
                                                        .map(Integer::parseInt)
                                                        .orElse(0)
                                                + 1)))
                        .commitAsync()
                        .thenApply(result -> result.succeeded()));
    }
}
