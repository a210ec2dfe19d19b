package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.DistributedReadWriteLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.LockTimeoutException;
import dev.coord.recipes.lock.MultiLock;
import dev.coord.recipes.lock.MultiLockHandle;
import dev.coord.recipes.lock.ReadLockHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link MultiLock}. */
abstract class MultiLockContract extends RecipeContract {

    private String at(String name) {
        return path() + "-" + name;
    }

    private String[] paths(String... names) {
        return java.util.Arrays.stream(names).map(this::at).toArray(String[]::new);
    }

    private MultiLock locks(Coord coord, String... names) {
        return MultiLock.of(coord, paths(names));
    }

    private DistributedLock lock(Coord coord, String name) {
        return DistributedLock.on(coord, at(name));
    }

    private int keys() {
        return all(path() + "-").size();
    }

    @AfterEach
    void nothingIsLeft() {
        eventually("empty queues", () -> keys() == 0);
    }

    @Test
    void free_areHeldTogether_withOneToken() throws Exception {
        MultiLockHandle held =
                locks(coord(0), "a", "b", "c").withHolder("node-0").acquire();
        assertHeld(held);
        assertThat(held.guards()).hasSize(3).allMatch(this::holds).contains(held.guard());
        assertThat(held.guards()).allMatch(guard -> guard.number() == held.fencingToken());
        assertThat(lock(coord(1), "b").holder().orElseThrow().fencingToken()).isEqualTo(held.fencingToken());
        for (String name : List.of("a", "b", "c")) {
            assertThat(lock(coord(1), name).tryAcquire()).isEmpty();
        }
        assertThat(locks(coord(1), "c", "d").tryAcquire()).isEmpty();
        assertThatThrownBy(() -> locks(coord(1), "d", "c").acquire(Duration.ofMillis(50)))
                .isInstanceOf(LockTimeoutException.class)
                .hasMessageContaining(at("d"));
        held.close();
        held.close();
        assertLost(held);
        assertThat(held.guards()).noneMatch(this::holds);
        eventually("nothing left", () -> keys() == 0);
    }

    @Test
    void oneBusy_holdsUpAll_andHoldsNoneOfThem() throws Exception {
        LockHandle busy = lock(coord(0), "b").acquire();
        CompletableFuture<MultiLockHandle> both = locks(coord(1), "a", "b").acquireAsync();
        eventually("it waits", () -> keys() == 3);
        assertThat(lock(coord(2), "a").holder()).isEmpty();
        CompletableFuture<LockHandle> behind = lock(coord(2), "a").acquireAsync();
        eventually("it waits", () -> keys() == 4);
        aMoment();
        assertThat(behind).as("in its turn").isNotDone();
        busy.close();
        MultiLockHandle held = await(both);
        assertThat(held.fencingToken()).isGreaterThan(busy.fencingToken());
        assertThat(behind).isNotDone();
        held.close();
        await(behind).close();
    }

    @Test
    void cancelledRequest_leavesAllLines() throws Exception {
        LockHandle busy = lock(coord(0), "b").acquire();
        CompletableFuture<MultiLockHandle> both = locks(coord(1), "a", "b").acquireAsync();
        eventually("it waits", () -> keys() == 3);
        CompletableFuture<LockHandle> behind = lock(coord(2), "a").acquireAsync();
        eventually("it waits", () -> keys() == 4);
        both.cancel(false);
        await(behind).close();
        busy.close();
    }

    @Test
    void requestsInAnyOrderOfNames_doNotWaitForEachOther() throws Exception {
        List<CompletableFuture<Void>> rounds = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            List<String> names = new ArrayList<>(List.of("a", "b", "c", "d").subList(i % 3, i % 3 + 2));
            if (i % 2 == 0) {
                Collections.reverse(names);
            }
            rounds.add(locks(coord(i % 3), names.toArray(String[]::new))
                    .acquireAsync()
                    .thenCompose(MultiLockHandle::closeAsync));
            rounds.add(lock(coord((i + 1) % 3), names.get(0)).acquireAsync().thenCompose(LockHandle::closeAsync));
        }
        rounds.forEach(this::await);
    }

    @Test
    void sidesOfReadersWritersLocks_areHeldWithTheRest() throws Exception {
        MultiLock mixed = locks(coord(0), "a").andRead(paths("r")).andWrite(paths("w"));
        MultiLockHandle held = mixed.acquire();
        ReadLockHandle reader = DistributedReadWriteLock.on(coord(1), at("r"))
                .readLock()
                .tryAcquire()
                .orElseThrow();
        assertThat(DistributedReadWriteLock.on(coord(1), at("w")).readLock().tryAcquire())
                .isEmpty();
        reader.close();
        CompletableFuture<MultiLockHandle> next =
                locks(coord(2), "b").andWrite(paths("r")).acquireAsync();
        eventually("it waits", () -> keys() == 5);
        assertThat(next).isNotDone();
        held.close();
        await(next).close();
    }

    @Test
    void holderOfACrashedPeer_losesAll() throws Exception {
        String crashed = leader();
        MultiLockHandle first =
                await(locks(cluster().open(crashed, TTL), "a", "b").acquireAsync());
        CompletableFuture<MultiLockHandle> next =
                locks(cluster().coord(othersThan(crashed).get(0)), "b", "c").acquireAsync();
        CompletableFuture<Boolean> wasOver = next.thenApply(granted -> !first.isValid());
        aMoment();
        cluster().faults().crash(crashed);
        MultiLockHandle second = await(next);
        assertThat(await(wasOver)).isTrue();
        assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
        await(second.closeAsync());
        cluster().faults().restart(crashed);
    }

    @Test
    void keyOfOneDeletedByAnybody_isTheEndOfAll() throws Exception {
        MultiLockHandle held = locks(coord(0), "a", "b").acquire();
        coord(1).kv().txn().then(Op.delete(KeyRange.prefix(at("b")))).commit();
        await(held.lost());
        assertLost(held);
        eventually("the other is given back", () -> keys() == 0);

        LockHandle busy = lock(coord(0), "a").acquire();
        CompletableFuture<MultiLockHandle> waiting = locks(coord(0), "a", "b").acquireAsync();
        eventually("it waits", () -> keys() == 3);
        coord(1).kv().txn().then(Op.delete(KeyRange.prefix(at("b")))).commit();
        busy.close();
        assertThat(failure(waiting)).isInstanceOf(FencedException.class);
    }

    @Test
    void asManyAsThereMayBe_areHeldAndReleased() throws Exception {
        String[] names = IntStream.range(0, MultiLock.MAX_PATHS)
                .mapToObj(number -> "m" + number)
                .toArray(String[]::new);
        LockHandle busy = lock(coord(1), "m31").acquire();
        CompletableFuture<MultiLockHandle> request = locks(coord(0), names).acquireAsync();
        eventually("it waits", () -> keys() == MultiLock.MAX_PATHS + 1);
        busy.close();
        try (MultiLockHandle held = await(request)) {
            assertThat(held.guards()).hasSize(MultiLock.MAX_PATHS);
            assertHeld(held);
        }
    }

    @Test
    void requestRelease_ofAnyOfThem_reachesTheHolder() throws Exception {
        MultiLockHandle held = locks(coord(0), "a", "b").acquire();
        assertThat(lock(coord(1), "b").requestRelease()).isTrue();
        await(held.releaseRequested());
        assertHeld(held);
        held.close();
        assertThat(locks(coord(1), "a", "b").requestRelease()).isFalse();
    }

    @Test
    void misuse_isRefused() {
        assertThatThrownBy(() -> locks(coord(0))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> locks(coord(0), "a", "b", "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> locks(coord(0), "a").andRead(paths("a"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> locks(coord(0), "a/part", "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("below");
        assertThatThrownBy(() -> locks(coord(0), "a", "a/")).isInstanceOf(IllegalArgumentException.class);
        String[] many = IntStream.range(0, MultiLock.MAX_PATHS + 1)
                .mapToObj(number -> "m" + number)
                .toArray(String[]::new);
        assertThatThrownBy(() -> locks(coord(0), many))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("33");
        assertThatThrownBy(() -> MultiLock.of(coord(0), path(), nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("path");
        assertThatThrownBy(() -> locks(coord(0), "a").withHolder(nothing())).isInstanceOf(NullPointerException.class);
    }
}
