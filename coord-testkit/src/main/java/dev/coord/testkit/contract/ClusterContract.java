package dev.coord.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coord.Coord;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/** What the suites share: keys of each test's own, and words for what happens to a cluster. */
abstract class ClusterContract {
    static final Duration LIMIT = Duration.ofSeconds(30);

    /** The beginning of the keys of the test that runs. */
    private String root = "/";

    /**
     * Returns the cluster to test: at least three peers, none of them crashed or cut off when a test begins.
     *
     * @return the same at each call during one test
     */
    protected abstract TestCluster cluster();

    @BeforeEach
    void haveKeysOfMyOwn(TestInfo test) throws InterruptedException {
        root = "/contract/" + test.getTestMethod().orElseThrow().getName() + "/";
        kv().txn().then(Op.delete(KeyRange.prefix(root))).commit();
    }

    String key(String name) {
        return root + name;
    }

    KeyRange keys() {
        return KeyRange.prefix(root);
    }

    // ---- peers

    /** The shared handle of some peer. */
    Coord coord() {
        return coord(0);
    }

    Coord coord(int peer) {
        return cluster().coord(ids().get(peer));
    }

    Kv kv() {
        return coord().kv();
    }

    List<String> ids() {
        return cluster().ids();
    }

    String leader() {
        eventually("a Raft leader", () -> cluster().leader().isPresent());
        return cluster().leader().orElseGet(this::leader);
    }

    /** A peer that does not lead at the moment. */
    String follower() {
        return otherThan(leader());
    }

    String otherThan(String... peers) {
        return ids().stream()
                .filter(id -> !List.of(peers).contains(id))
                .findFirst()
                .orElseThrow();
    }

    /** Has another peer lead, and leaves nobody cut off. */
    void changeRaftLeader() {
        String former = leader();
        cluster().faults().isolate(former);
        awaitLeaderBesides(former);
        cluster().faults().heal();
    }

    void awaitLeaderBesides(String former) {
        eventually(
                "a Raft leader besides " + former,
                () -> cluster().leader().filter(id -> !id.equals(former)).isPresent());
    }

    // ---- waiting

    void eventually(String what, TestCluster.Condition condition) {
        cluster().runUntil(what, LIMIT, condition);
    }

    <T> T await(CompletableFuture<T> future) {
        return cluster().await(future);
    }

    /** Waits until it is done and expects that it failed so: with the error itself, not with a wrapper. */
    <X extends Throwable> X failure(Class<X> type, CompletableFuture<?> future) {
        Optional<Throwable> error = await(future.handle((result, thrown) -> Optional.<Throwable>ofNullable(thrown)));
        return assertThrows(type, () -> {
            if (error.isPresent()) {
                throw error.get();
            }
        });
    }

    static void assertPending(CompletableFuture<?> future) {
        assertFalse(future.isDone(), "done too soon");
    }
}
