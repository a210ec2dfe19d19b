package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Value;
import dev.coord.recipes.Codec;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.sync.Barrier;
import dev.coord.recipes.sync.DistributedBoolean;
import dev.coord.recipes.sync.DistributedReference;
import dev.coord.recipes.sync.SharedValue;
import dev.coord.recipes.sync.ValueListener;
import dev.coord.recipes.sync.ValueObservation;
import dev.coord.recipes.sync.Versioned;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a user sees of the recipes that are one key: the gate, the flag, the reference and the shared value. */
abstract class ValueContract extends RecipeContract {
    private static final Codec<Integer> NUMBERS =
            Codec.of(number -> Value.of("" + number), value -> Integer.parseInt(value.asString()));

    private SharedValue<Integer> shared(int peer) {
        return SharedValue.on(coord(peer), path(), NUMBERS);
    }

    private DistributedReference<Integer> reference(int peer) {
        return DistributedReference.on(coord(peer), path(), NUMBERS);
    }

    // ---- the gate

    @Test
    void barrier_holdsAllUntilItIsRemoved() throws Exception {
        Barrier barrier = Barrier.on(coord(0), path());
        assertThat(barrier.await(Duration.ZERO)).as("not set").isTrue();
        assertThat(barrier.set()).isTrue();
        assertThat(barrier.set()).as("set already").isFalse();
        List<CompletableFuture<Void>> waiting = List.of(
                Barrier.on(coord(0), path()).awaitAsync(),
                Barrier.on(coord(1), path()).awaitAsync(),
                Barrier.on(coord(2), path()).awaitAsync());
        assertThat(Barrier.on(coord(1), path()).await(Duration.ofMillis(100))).isFalse();
        assertThat(Barrier.on(coord(1), path()).await(Duration.ZERO)).isFalse();
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        assertThat(Barrier.on(coord(2), path()).remove()).isTrue();
        waiting.forEach(this::await);
        assertThat(barrier.remove()).as("removed already").isFalse();
        assertThat(barrier.isSet()).isFalse();
        assertNothingLeft();
    }

    @Test
    void barrier_setAgainAtOnce_stillLetsGoWhoeverWaited() throws Exception {
        Barrier barrier = Barrier.on(coord(0), path());
        barrier.set();
        CompletableFuture<Void> waiting = Barrier.on(coord(1), path()).awaitAsync();
        coord(1).kv().get(path()); // behind the look of the one who waits
        barrier.removeAsync();
        barrier.set();
        await(waiting);
        barrier.remove();
        assertNothingLeft();
    }

    @Test
    void barrierOfASession_endsWithIt_othersDoNot() throws Exception {
        String peer = othersThan(leader()).get(0);
        Coord mortal = cluster().open(peer, TTL);
        Barrier.on(mortal, path()).boundToSession().set();
        Barrier.on(mortal, path() + "-other").set();
        Coord other = cluster().coord(othersThan(peer).get(0));
        CompletableFuture<Void> waiting = Barrier.on(other, path()).awaitAsync();
        cluster().faults().crash(peer);
        await(waiting);
        assertThat(Barrier.on(other, path() + "-other").remove()).isTrue();
        assertNothingLeft();
    }

    @Test
    void barrier_isWaitedFor_acrossAChangeOfTheRaftLeader() throws Exception {
        String leader = leader();
        Coord other = cluster().coord(othersThan(leader).get(0));
        Barrier.on(other, path()).set();
        CompletableFuture<Void> cutOff =
                Barrier.on(cluster().coord(leader), path()).awaitAsync();
        CompletableFuture<Boolean> inTime =
                Barrier.on(cluster().coord(leader), path()).awaitAsync(Duration.ofMinutes(1));
        cluster().faults().isolate(leader);
        Barrier.on(other, path()).remove();
        assertThat(cutOff).isNotDone();
        cluster().faults().heal();
        await(cutOff);
        assertThat(await(inTime)).isTrue();
        assertNothingLeft();
    }

    // ---- guards

    @Test
    void write_underALockThatIsLost_isFenced_andNothingIsWritten() throws Exception {
        DistributedLock lock = DistributedLock.on(coord(0), path() + "/lock");
        LockHandle held = lock.acquire();
        DistributedReference<Integer> value = reference(1).when(held.guard());
        long first = value.set(1);
        assertThat(value.compareAndSet(1, 2)).isTrue();
        assertThat(value.compareAndSet(1, 3)).as("another value").isFalse();
        held.close();
        assertThat(failure(value.setAsync(4))).isInstanceOf(FencedException.class);
        assertThat(failure(value.getAndSetAsync(4))).isInstanceOf(FencedException.class);
        assertThat(failure(value.compareAndSetAsync(2, 4))).isInstanceOf(FencedException.class);
        assertThat(failure(value.deleteAsync())).isInstanceOf(FencedException.class);
        assertThat(await(value.compareVersionAndSetAsync(first, 4))).isEmpty();
        assertThat(failure(shared(2).when(held.guard()).setAsync(4))).isInstanceOf(FencedException.class);
        assertThat(failure(shared(2).when(held.guard()).deleteAsync())).isInstanceOf(FencedException.class);
        assertThat(failure(DistributedBoolean.on(coord(0), path() + "-flag")
                        .when(held.guard())
                        .getAndSetAsync(true)))
                .isInstanceOf(FencedException.class);
        assertThat(failure(Barrier.on(coord(0), path() + "-gate")
                        .when(held.guard())
                        .setAsync()))
                .isInstanceOf(FencedException.class);
        assertThat(value.get().orElseThrow().value()).isEqualTo(2);
        assertThat(reference(2).delete()).contains(2);
        assertNothingLeft();
    }

    // ---- the flag

    @Test
    void flag_isFalseUntilSet_andLeavesNothingWhenFalse() throws Exception {
        DistributedBoolean flag = DistributedBoolean.on(coord(0), path());
        DistributedBoolean same = DistributedBoolean.on(coord(1), path());
        assertThat(flag.get()).isFalse();
        assertThat(flag.compareAndSet(true, true)).isFalse();
        assertThat(flag.compareAndSet(false, true)).isTrue();
        assertThat(same.get()).isTrue();
        assertThat(same.compareAndSet(false, true)).isFalse();
        assertThat(same.getAndSet(true)).isTrue();
        assertThat(same.getAndSet(false)).isTrue();
        assertThat(flag.getAndSet(false)).isFalse();
        flag.set(false);
        assertNothingLeft();
    }

    // ---- the reference

    @Test
    void reference_isWhatWasWrittenLast_andComparesValuesAndVersions() throws Exception {
        DistributedReference<Integer> value = reference(0);
        assertThat(value.get()).isEmpty();
        assertThat(value.compareAndSet(1, 2)).as("no value").isFalse();
        assertThat(value.setIfAbsent(1)).isTrue();
        assertThat(reference(1).setIfAbsent(2)).isFalse();
        long version = reference(1).get().orElseThrow().version();
        assertThat(reference(2).getAndSet(2)).contains(1);
        assertThat(value.set(1)).isGreaterThan(version);
        assertThat(reference(1).compareVersionAndSet(version, 3))
                .as("it came back")
                .isEmpty();
        assertThat(reference(1).compareAndSet(1, 3)).isTrue();
        Versioned<Integer> now = reference(2).get().orElseThrow();
        assertThat(value.compareVersionAndSet(now.version(), 4).orElseThrow()).isGreaterThan(now.version());
        assertThat(value.delete()).contains(4);
        assertThat(value.delete()).isEmpty();
        assertThatThrownBy(() -> value.compareVersionAndSet(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertNothingLeft();
    }

    @Test
    void reference_countedUpByAll_losesNoUpdate() throws Exception {
        List<CompletableFuture<Void>> counters = List.of(count(0, 5), count(1, 5), count(2, 5));
        counters.forEach(this::await);
        assertThat(reference(0).delete()).contains(15);
        assertNothingLeft();
    }

    private CompletableFuture<Void> count(int peer, int rounds) {
        DistributedReference<Integer> value = reference(peer);
        return rounds == 0
                ? CompletableFuture.completedFuture(null)
                : value.getAsync()
                        .thenCompose(found -> value.compareVersionAndSetAsync(
                                found.map(Versioned::version).orElse(0L),
                                found.map(Versioned::value).orElse(0) + 1))
                        .thenCompose(written -> count(peer, written.isPresent() ? rounds - 1 : rounds));
    }

    // ---- the shared value

    @Test
    void sharedValue_isWrittenOverTheVersionSeen_only() throws Exception {
        SharedValue<Integer> value = shared(0);
        long first = value.trySet(0, 1).orElseThrow();
        assertThat(shared(1).trySet(0, 2)).isEmpty();
        long second = shared(1).trySet(first, 2).orElseThrow();
        assertThat(shared(2).trySet(first, 3)).isEmpty();
        assertThat(value.get()).contains(new Versioned<>(2, second));
        assertThat(value.get(Consistency.atLeast(second))).contains(new Versioned<>(2, second));
        assertThat(value.set(4)).isGreaterThan(second);
        assertThat(value.delete()).isTrue();
        assertThat(value.delete()).isFalse();
        assertThat(value.get()).isEmpty();
        assertNothingLeft();
    }

    @Test
    void observer_seesEveryChangeInOrder_whateverHappensToTheRaftLeader() throws Exception {
        List<Optional<Integer>> seen = new CopyOnWriteArrayList<>();
        List<Long> undecodable = new CopyOnWriteArrayList<>();
        ValueObservation observation = shared(2).observe(new ValueListener<Integer>() {
            @Override
            public void onValue(Optional<Versioned<Integer>> value) {
                seen.add(value.map(Versioned::value));
            }

            @Override
            public void onUndecodable(long version, RuntimeException cause) {
                undecodable.add(version);
            }
        });
        eventually("the first value", () -> !seen.isEmpty());
        for (int i = 1; i <= 5; i++) {
            shared(i % 3).set(i);
        }
        String leader = leader();
        cluster().faults().isolate(leader);
        eventually(
                "another Raft leader",
                () -> cluster().leader().filter(id -> !id.equals(leader)).isPresent());
        cluster().faults().heal();
        Coord writer = cluster().coord(othersThan(leader).get(0));
        SharedValue.on(writer, path(), NUMBERS).set(6);
        long bad = writer.kv().put(path(), "six");
        SharedValue.on(writer, path(), NUMBERS).delete();
        eventually("all", () -> seen.size() >= 8);
        observation.close();
        observation.close();
        SharedValue.on(writer, path(), NUMBERS).set(7);
        SharedValue.on(writer, path(), NUMBERS).delete();
        aMoment();
        assertThat(seen)
                .containsExactly(
                        Optional.empty(),
                        Optional.of(1),
                        Optional.of(2),
                        Optional.of(3),
                        Optional.of(4),
                        Optional.of(5),
                        Optional.of(6),
                        Optional.empty());
        assertThat(undecodable).containsExactly(bad);
        assertNothingLeft();
    }

    @Test
    void nullsAndBadPaths_areRefused() {
        assertThatThrownBy(() -> shared(0).setAsync(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("value");
        assertThatThrownBy(() -> SharedValue.on(coord(0), path(), null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("codec");
        assertThatThrownBy(() -> Barrier.on(null, path()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("coord");
        assertThatThrownBy(() -> DistributedBoolean.on(coord(0), "")).isInstanceOf(IllegalArgumentException.class);
    }
}
