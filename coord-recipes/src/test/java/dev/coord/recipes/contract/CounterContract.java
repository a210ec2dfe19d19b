package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.AddRefusedException;
import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.kv.Guard;
import dev.coord.recipes.sync.CountDownLatch;
import dev.coord.recipes.sync.DistributedLong;
import dev.coord.recipes.sync.IdGenerator;
import dev.coord.recipes.sync.NotANumberException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a user sees of the recipes that the store counts for: the number, the latch and the ids. */
abstract class CounterContract extends RecipeContract {

    private DistributedLong number(int peer) {
        return DistributedLong.on(coord(peer), path());
    }

    private CountDownLatch latch(int peer) {
        return CountDownLatch.on(coord(peer), path());
    }

    // ---- the number

    @Test
    void number_isZeroUntilWritten_andIsAddedToByTheStore() throws Exception {
        assertThat(number(0).get()).isZero();
        assertThat(number(0).incrementAndGet()).isEqualTo(1);
        assertThat(number(1).addAndGet(41)).isEqualTo(42);
        assertThat(number(2).getAndAdd(-2)).isEqualTo(42);
        assertThat(number(0).decrementAndGet()).isEqualTo(39);
        assertThat(number(1).getAndSet(7)).isEqualTo(39);
        number(2).set(-1);
        assertThat(number(0).get()).isEqualTo(-1);
        assertThat(number(0).delete()).isEqualTo(-1);
        assertThat(number(0).delete()).isZero();
        assertNothingLeft();
    }

    @Test
    void number_isComparedAndSet_alsoWithZeroInEitherForm() throws Exception {
        assertThat(number(0).compareAndSet(1, 2)).isFalse();
        assertThat(number(0).compareAndSet(0, 5)).as("absent").isTrue();
        assertThat(number(1).compareAndSet(0, 6)).isFalse();
        assertThat(number(1).compareAndSet(5, 0)).isTrue();
        assertThat(number(2).compareAndSet(0, 7)).as("written").isTrue();
        assertThat(number(0).delete()).isEqualTo(7);
        assertNothingLeft();
    }

    /** It is 0 at every moment, absent or written. */
    @Test
    void number_thatIsZeroAllTheTime_isComparedWithZero_withoutAMiss() throws Exception {
        for (int i = 0; i < 30; i++) {
            CompletableFuture<Long> written = number(1).getAndSetAsync(0);
            CompletableFuture<Boolean> set = number(0).compareAndSetAsync(0, 0);
            CompletableFuture<Long> deleted = number(2).deleteAsync();
            assertThat(await(set)).isTrue();
            await(written);
            await(deleted);
        }
        number(0).delete();
        assertNothingLeft();
    }

    @Test
    void number_thatWouldOverflow_orIsNone_isLeftAlone() throws Exception {
        number(0).set(Long.MAX_VALUE);
        assertThat(failure(number(1).addAndGetAsync(1))).isInstanceOf(AddRefusedException.class);
        assertThat(number(0).get()).isEqualTo(Long.MAX_VALUE);
        coord(0).kv().put(path(), "many");
        assertThat(failure(number(1).addAndGetAsync(1))).isInstanceOf(AddRefusedException.class);
        assertNoNumber(number(1).getAsync());
        assertNoNumber(latch(1).countAsync());
        assertNoNumber(number(2).deleteAsync());
        for (String text : List.of("007", "+7", "-0", "\u0667")) {
            coord(0).kv().put(path(), text);
            // What the store adds to is what is read, and nothing else.
            assertThat(failure(number(1).addAndGetAsync(1))).isInstanceOf(AddRefusedException.class);
            assertNoNumber(number(1).getAsync(), text);
            assertNoNumber(latch(1).countAsync(), text);
        }
        assertThatThrownBy(() -> {
                    coord(0).kv().put(path(), "9".repeat(120));
                    latch(0).count();
                })
                .isInstanceOfSatisfying(NotANumberException.class, e -> {
                    assertThat(e.key()).isEqualTo(path());
                    assertThat(e.text()).hasSize(120);
                    assertThat(e.getMessage()).contains("\"" + "9".repeat(100) + "…\"");
                });
        coord(0).kv().delete(path());
        assertNothingLeft();
    }

    private void assertNoNumber(CompletableFuture<?> read) {
        assertNoNumber(read, "many");
    }

    private void assertNoNumber(CompletableFuture<?> read, String text) {
        assertThat(failure(read))
                .isInstanceOf(NotANumberException.class)
                .hasMessageContaining("key " + path() + " holds no decimal 64-bit number but \"" + text + "\"");
    }

    @Test
    void number_addedToByAll_acrossAChangeOfTheRaftLeader_countsEachOnce() throws Exception {
        List<CompletableFuture<Long>> adds = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            adds.add(number(i % 3).addAndGetAsync(1));
        }
        changeRaftLeader();
        Set<Long> sums = new HashSet<>();
        adds.forEach(add -> sums.add(await(add)));
        assertThat(sums).as("each sum is seen by one").hasSize(60);
        assertThat(number(0).delete()).isEqualTo(60);
        assertNothingLeft();
    }

    @Test
    void writes_underAGuardThatFails_areFenced() throws Exception {
        Guard guard = Guard.exists(path() + "-mine");
        assertThat(failure(number(0).when(guard).addAndGetAsync(1))).isInstanceOf(FencedException.class);
        assertThat(failure(number(0).when(guard).compareAndSetAsync(0, 1))).isInstanceOf(FencedException.class);
        assertThat(failure(latch(0).when(guard).trySetCountAsync(1))).isInstanceOf(FencedException.class);
        for (int count = 2; count >= 1; count--) {
            latch(0).trySetCount(count);
            assertThat(failure(latch(0).when(guard).countDownAsync())).isInstanceOf(FencedException.class);
            assertThat(latch(1).count()).isEqualTo(count);
            latch(0).open();
        }
        assertThat(failure(IdGenerator.on(coord(0), path(), 5).when(guard).nextAsync()))
                .isInstanceOf(FencedException.class);
        assertThat(number(0).compareAndSet(3, 4)).isFalse();
        assertNothingLeft();
    }

    // ---- the latch

    @Test
    void latch_opensAtZero_andNeverCountsBelow() throws Exception {
        assertThat(latch(0).await(Duration.ZERO)).as("never set").isTrue();
        assertThat(latch(0).trySetCount(3)).isTrue();
        assertThat(latch(1).trySetCount(5)).as("not at zero").isFalse();
        List<CompletableFuture<Void>> waiting =
                List.of(latch(0).awaitAsync(), latch(1).awaitAsync(), latch(2).awaitAsync());
        assertThat(latch(0).countDown()).isEqualTo(2);
        assertThat(latch(1).countDown()).isEqualTo(1);
        assertThat(latch(2).await(Duration.ofMillis(100))).isFalse();
        assertThat(latch(2).await(Duration.ZERO)).isFalse();
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        assertThat(latch(2).count()).isEqualTo(1);
        assertThat(latch(2).countDown()).isZero();
        waiting.forEach(this::await);
        assertThat(latch(0).countDown()).as("at zero").isZero();
        assertThat(latch(0).trySetCount(1)).as("again").isTrue();
        assertThat(latch(1).open()).isTrue();
        assertThat(latch(1).open()).isFalse();
        assertNothingLeft();
    }

    @Test
    void latch_countedByAllAtOnce_acrossAChangeOfTheRaftLeader_countsEachOnce() throws Exception {
        latch(0).trySetCount(30);
        List<CompletableFuture<Long>> counts = new ArrayList<>();
        for (int i = 0; i < 29; i++) {
            counts.add(latch(i % 3).countDownAsync());
        }
        changeRaftLeader();
        counts.forEach(this::await);
        assertThat(latch(0).count()).isEqualTo(1);
        assertThat(List.of(latch(0).countDownAsync(), latch(1).countDownAsync()))
                .allMatch(last -> await(last) == 0);
        assertNothingLeft();
    }

    @Test
    void latch_countedByAPeerThatCrashes_keepsWhatWasCounted() throws Exception {
        String mortal = leader();
        Coord dying = cluster().open(mortal, TTL);
        CountDownLatch latch = CountDownLatch.on(dying, path());
        assertThat(await(latch.trySetCountAsync(2))).isTrue();
        assertThat(await(latch.countDownAsync())).isEqualTo(1);
        CountDownLatch other =
                CountDownLatch.on(cluster().coord(othersThan(mortal).get(0)), path());
        CompletableFuture<Void> waiting = other.awaitAsync();
        cluster().faults().crash(mortal);
        assertThat(await(other.countDownAsync())).isZero();
        await(waiting);
        assertNothingLeft();
    }

    @Test
    void latch_setAgainAtOnce_stillLetsGoWhoeverWaited() throws Exception {
        latch(0).trySetCount(1);
        CompletableFuture<Void> waiting = latch(1).awaitAsync();
        aMoment();
        latch(0).countDown();
        latch(0).trySetCount(1);
        await(waiting);
        latch(0).open();
        assertNothingLeft();
    }

    // ---- ids

    @Test
    void ids_areGivenOnce_byAllGenerators_whateverHappens() throws Exception {
        List<CompletableFuture<Long>> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            IdGenerator generator = IdGenerator.on(coord(i), path(), 10);
            for (int j = 0; j < 35; j++) {
                ids.add(generator.nextAsync());
            }
        }
        changeRaftLeader();
        Set<Long> given = new HashSet<>();
        ids.forEach(id -> given.add(await(id)));
        assertThat(given).hasSize(105).allMatch(id -> id > 0 && id <= 150);
        coord(0).kv().delete(path());
        assertNothingLeft();
    }

    @Test
    void ids_ofOneGenerator_grow_andTakeABlockAtATime() throws Exception {
        IdGenerator generator = IdGenerator.on(coord(0), path(), 4);
        IdGenerator other = IdGenerator.on(coord(1), path(), 4);
        assertThat(generator.next()).isEqualTo(1);
        assertThat(other.next()).isEqualTo(5);
        assertThat(List.of(generator.next(), generator.next(), generator.next(), generator.next()))
                .containsExactly(2L, 3L, 4L, 9L);
        assertThat(DistributedLong.on(coord(2), path()).delete()).isEqualTo(12);
        assertNothingLeft();
    }

    @Test
    void badNumbers_areRefused() {
        assertThatThrownBy(() -> latch(0).trySetCountAsync(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IdGenerator.on(coord(0), path(), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IdGenerator.on(coord(0), path(), IdGenerator.MAX_BLOCK + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
