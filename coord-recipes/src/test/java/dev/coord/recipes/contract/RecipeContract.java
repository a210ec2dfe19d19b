package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.FencedHandle;
import dev.coord.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/** What the contracts of recipes share. */
abstract class RecipeContract {
    static final Duration LIMIT = Duration.ofSeconds(30);
    static final Duration TTL = Duration.ofSeconds(1);

    private String path = "/";

    /** The cluster to test: three peers at least. */
    protected abstract TestCluster cluster();

    @BeforeEach
    void havePathOfMyOwn(TestInfo test) {
        path = "/recipes/" + test.getTestMethod().orElseThrow().getName();
    }

    String path() {
        return path;
    }

    Coord coord(int peer) {
        return cluster().coord(cluster().ids().get(peer));
    }

    String leader() {
        cluster().runUntil("a Raft leader", LIMIT, () -> cluster().leader().isPresent());
        return cluster().leader().orElseGet(this::leader);
    }

    List<String> othersThan(String peer) {
        return cluster().ids().stream().filter(id -> !id.equals(peer)).toList();
    }

    <T> T await(CompletableFuture<T> future) {
        return cluster().await(future);
    }

    void eventually(String what, TestCluster.Condition condition) {
        cluster().runUntil(what, LIMIT, condition);
    }

    /** Gives what is under way the time to happen that it does not need. */
    void aMoment() {
        cluster().advance(Duration.ofMillis(200));
    }

    /** What is left of a queue, and of all below its path. */
    List<Entry> queue(String path) {
        return all(path + "/");
    }

    List<Entry> all(String prefix) {
        return await(coord(0).kv().rangeAsync(RangeQuery.of(KeyRange.prefix(prefix)), Consistency.linearizable()))
                .entries();
    }

    /** What a caller passes who does not heed annotations. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T> T nothing() {
        return null;
    }

    Throwable failure(CompletableFuture<?> future) {
        return catchThrowable(() -> await(future));
    }

    /** Has another peer lead, and leaves nobody cut off. */
    void changeRaftLeader() {
        String former = leader();
        cluster().faults().isolate(former);
        eventually(
                "another Raft leader",
                () -> cluster().leader().filter(id -> !id.equals(former)).isPresent());
        cluster().faults().heal();
    }

    /** The recipe's keys are gone, at the latest when what is under way in the background has ended. */
    void assertNothingLeft() {
        KeyRange all = KeyRange.prefix(path);
        eventually(
                "no key of " + path,
                () -> anyRunning().kv().range(RangeQuery.of(all).countedOnly()).count() == 0);
    }

    /** A handle of some peer that has not crashed. */
    Coord anyRunning() {
        for (String id : cluster().ids()) {
            try {
                return cluster().coord(id);
            } catch (IllegalStateException e) {
                continue; // crashed
            }
        }
        throw new AssertionError("all peers have crashed");
    }

    boolean holds(Guard guard) {
        return await(coord(0).kv().txn().when(guard).commitAsync()).succeeded();
    }

    boolean writes(Coord coord, FencedHandle handle, String value) {
        return await(coord.kv()
                        .txn()
                        .when(handle.guard())
                        .then(Op.put(path + "-written", value))
                        .commitAsync())
                .succeeded();
    }

    void assertLost(FencedHandle handle) {
        assertThat(handle.isValid()).isFalse();
        assertThat(handle.validUntil().isPast()).isTrue();
        await(handle.lost());
        assertThat(holds(handle.guard())).isFalse();
    }

    void assertHeld(FencedHandle handle) {
        assertThat(handle.isValid()).isTrue();
        assertThat(handle.validUntil().isPast()).isFalse();
        assertThat(handle.lost()).isNotDone();
        assertThat(holds(handle.guard())).isTrue();
    }
}
