package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.CoordException.Outcome;
import dev.coord.kv.Op;
import dev.coord.recipes.lock.DeadlockException;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.ReentrantDistributedLock;
import dev.coord.recipes.lock.ReentrantLockHandle;
import dev.coord.recipes.lock.WaitGraph;
import dev.coord.recipes.lock.WaitGraph.Claimant;
import dev.coord.recipes.lock.WaitGraph.Queue;
import dev.coord.recipes.lock.WaitGraph.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link WaitGraph} and of the detection of deadlocks. */
abstract class WaitGraphContract extends OwnersContract {

    private DistributedLock lock(int peer, String name, String owner) {
        return DistributedLock.on(coord(peer), path() + "/" + name).withOwner(owner);
    }

    private DistributedLock detecting(int peer, String name, String owner) {
        return lock(peer, name, owner).detectingDeadlocks(path() + "/");
    }

    private WaitGraph graph() {
        return await(WaitGraph.ofAsync(coord(0), path() + "/"));
    }

    @Test
    void graph_tellsWhoHoldsAndWhoWaits_atOneRevision() throws Exception {
        LockHandle held = lock(0, "x", "alice").withHolder("job 7").acquire();
        CompletableFuture<LockHandle> bob = lock(1, "x", "bob").acquireAsync();
        untilKeys(2);
        CompletableFuture<LockHandle> anon =
                DistributedLock.on(coord(2), path() + "/x").acquireAsync();
        untilKeys(3);
        coord(0).kv().put(path() + "/x/config", "no key of a lock");
        coord(0).kv().put(path() + "/x/~q/strange", "not of a recipe");

        WaitGraph graph = WaitGraph.of(coord(1), path() + "/");
        assertThat(graph.queues()).hasSize(1);
        Queue x = graph.queues().get(0);
        assertThat(x.path()).isEqualTo(path() + "/x");
        assertThat(x.capacity()).isEqualTo(1);
        assertThat(x.holders())
                .extracting(Claimant::party, Claimant::text, Claimant::since, Claimant::session, Claimant::permits)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        "alice",
                        "job 7",
                        held.fencingToken(),
                        coord(0).session().id(),
                        1));
        assertThat(x.waiters()).extracting(Claimant::owner).containsExactly("bob", "");
        assertThat(x.waiters().get(0).since())
                .isGreaterThan(held.fencingToken())
                .isLessThan(x.waiters().get(1).since());
        assertThat(graph.revision()).isGreaterThan(x.waiters().get(1).since());
        assertThat(graph.waits()).extracting(wait -> wait.ahead().party()).containsExactly("alice", "bob");
        assertThat(graph.cycles()).isEmpty();
        assertThat(graph.waitingForEver()).isEmpty();
        assertThat(graph.describe()).contains("held by alice (job 7) since " + held.fencingToken());
        assertThat(graph.toDot()).contains("\"bob\" -> \"alice\" [label=\"" + path() + "/x\"]");

        coord(0).kv()
                .txn()
                .then(Op.delete(path() + "/x/config"), Op.delete(path() + "/x/~q/strange"))
                .commit();
        held.close();
        await(bob).close();
        await(anon).close();
        assertThat(graph().queues()).isEmpty();
    }

    @Test
    void graph_ofAnImproperPrefix_isRefused() {
        for (String bad : List.of("", "~", path() + "/~", path() + "/x/~h/")) {
            assertThatThrownBy(() -> WaitGraph.of(coord(0), bad)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> WaitGraph.ofAsync(coord(0), bad)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> lock(0, "x", "a").detectingDeadlocks("/elsewhere/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not cover");
        assertThatThrownBy(() -> lock(0, "x", "")).isInstanceOf(IllegalArgumentException.class);
        DistributedLock unowned = DistributedLock.on(coord(0), path() + "/x").detectingDeadlocks(path());
        assertThatThrownBy(unowned::acquireAsync)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("withOwner");
    }

    @Test
    void circleWithoutDetection_isShown_andLasts() throws Exception {
        LockHandle x = lock(0, "x", "a").acquire();
        LockHandle y = lock(1, "y", "b").acquire();
        CompletableFuture<LockHandle> a = lock(0, "y", "a").acquireAsync();
        CompletableFuture<LockHandle> b = lock(1, "x", "b").acquireAsync();
        untilKeys(4);
        aMoment();
        WaitGraph graph = graph();
        assertThat(graph.waitingForEver()).containsExactlyInAnyOrder("a", "b");
        assertThat(graph.cycles()).hasSize(1);
        assertThat(graph.cycles().get(0))
                .extracting(Wait::toString)
                .containsExactlyInAnyOrder("a waits for b at " + path() + "/y", "b waits for a at " + path() + "/x");
        assertThat(graph.describe()).contains("deadlock: ");
        assertThat(graph.toDot()).contains("\"a\" [color=red]");
        assertThat(a).isNotDone();
        assertThat(b).isNotDone();
        a.cancel(false);
        x.close();
        await(b).close();
        y.close();
    }

    @Test
    void circle_endsWithTheOneWhoClosedIt_andNobodyElse() throws Exception {
        LockHandle x = detecting(0, "x", "a").acquire();
        LockHandle y = detecting(1, "y", "b").acquire();
        LockHandle z = detecting(2, "z", "c").acquire();
        CompletableFuture<LockHandle> a = detecting(0, "y", "a").acquireAsync();
        untilKeys(4);
        CompletableFuture<LockHandle> b = detecting(1, "z", "b").acquireAsync();
        untilKeys(5);
        CompletableFuture<LockHandle> behind = detecting(2, "z", "d").acquireAsync();
        untilKeys(6);
        CompletableFuture<LockHandle> c = detecting(2, "x", "c").acquireAsync();

        DeadlockException found = (DeadlockException) failure(c);
        assertThat(found.owners()).containsExactly("c", "a", "b");
        assertThat(found.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(found.revision()).isGreaterThan(z.fencingToken());
        assertThat(found)
                .hasMessageContaining("c waits for a at " + path() + "/x")
                .hasMessageContaining("b waits for c at " + path() + "/z");
        untilKeys(6);
        aMoment();
        assertThat(List.of(a, b, behind)).noneMatch(CompletableFuture::isDone);
        assertThat(graph().cycles()).isEmpty();
        z.close();
        await(b).close();
        y.close();
        await(a).close();
        x.close();
        await(behind).close();
    }

    @Test
    void ownerOfSeveralPeers_isOneParty() throws Exception {
        LockHandle x = detecting(0, "x", "a").acquire();
        LockHandle y = detecting(1, "y", "b").acquire();
        CompletableFuture<LockHandle> elsewhere = detecting(2, "y", "a").acquireAsync();
        untilKeys(3);
        assertThatThrownBy(() -> detecting(0, "x", "b").acquire())
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("b asked last");
        y.close();
        await(elsewhere).close();
        x.close();
    }

    @Test
    void ownerWhoWaitsForItself_isTold_unlessTheLockIsReentrant() throws Exception {
        DistributedLock lock = detecting(0, "x", "a");
        try (LockHandle held = lock.acquire()) {
            assertThatThrownBy(lock::acquire)
                    .isInstanceOf(DeadlockException.class)
                    .hasMessageContaining("a waits for a");
            assertHeld(held);
        }
        ReentrantDistributedLock reentrant = ReentrantDistributedLock.of(lock);
        try (ReentrantLockHandle outer = reentrant.acquire("a");
                ReentrantLockHandle inner = reentrant.acquire("a")) {
            assertThat(inner.fencingToken()).isEqualTo(outer.fencingToken());
            assertThatThrownBy(() -> lock.acquire())
                    .as("another object knows nothing of it")
                    .isInstanceOf(DeadlockException.class);
        }
    }

    @Test
    void waitThatEnds_isNoDeadlock() throws Exception {
        LockHandle x = detecting(0, "x", "a").acquire();
        LockHandle y = detecting(1, "y", "b").acquire();
        CompletableFuture<LockHandle> b = detecting(1, "x", "b").acquireAsync();
        untilKeys(3);
        CompletableFuture<Void> released = x.closeAsync();
        CompletableFuture<LockHandle> a = detecting(0, "y", "a").acquireAsync();
        await(released);
        await(b).close();
        y.close();
        await(a).close();
    }

    @Test
    void lockersInAnyOrder_areNeverStuck_acrossAChangeOfTheRaftLeader() {
        List<CompletableFuture<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            workers.add(rounds(coord(i % 3), "w" + i, i, 4, 0));
        }
        String leader = leader();
        cluster().faults().isolate(leader);
        eventually(
                "another Raft leader",
                () -> cluster().leader().filter(id -> !id.equals(leader)).isPresent());
        cluster().faults().heal();
        workers.forEach(this::await);
    }

    /** Two locks in an order that differs; whoever is told of a deadlock releases and begins anew. */
    private CompletableFuture<Integer> rounds(Coord coord, String owner, int turn, int left, int deadlocks) {
        if (left == 0) {
            return CompletableFuture.completedFuture(deadlocks);
        }
        List<String> names = List.of("x", "y", "z");
        return named(coord, names.get(turn % 3), owner)
                .acquireAsync()
                .thenCompose(first -> named(coord, names.get((turn + 1) % 3), owner)
                        .acquireAsync()
                        .handle((second, failure) -> {
                            if (failure != null && !(failure instanceof DeadlockException)) {
                                return CompletableFuture.<Boolean>failedFuture(failure);
                            }
                            CompletableFuture<Void> closed =
                                    second == null ? CompletableFuture.completedFuture(null) : second.closeAsync();
                            return closed.thenCompose(one -> first.closeAsync()).thenApply(both -> failure == null);
                        })
                        .thenCompose(done -> done)
                        .thenCompose(done -> rounds(
                                coord, owner, turn + 1, done ? left - 1 : left, done ? deadlocks : deadlocks + 1)));
    }

    private DistributedLock named(Coord coord, String name, String owner) {
        return DistributedLock.on(coord, path() + "/" + name).withOwner(owner).detectingDeadlocks(path() + "/");
    }
}
