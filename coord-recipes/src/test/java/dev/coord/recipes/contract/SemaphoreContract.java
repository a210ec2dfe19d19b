package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.LimitExceededException;
import dev.coord.recipes.lock.DistributedSemaphore;
import dev.coord.recipes.lock.LockTimeoutException;
import dev.coord.recipes.lock.SemaphoreHandle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link DistributedSemaphore}. */
abstract class SemaphoreContract extends RecipeContract {
    private static final int LIMIT_IN_CODE = 3;

    private DistributedSemaphore semaphore(Coord coord) {
        return DistributedSemaphore.on(coord, path(), LIMIT_IN_CODE);
    }

    private CompletableFuture<SemaphoreHandle> waiting(int peer, int permits) {
        int before = queue(path()).size();
        CompletableFuture<SemaphoreHandle> request =
                semaphore(coord(peer)).withPermits(permits).acquireAsync();
        eventually("it waits", () -> queue(path()).size() == before + 1);
        aMoment(); // and knows it, so that a limit set later does not make it fail
        assertThat(request).isNotDone();
        return request;
    }

    @AfterEach
    void nothingIsLeft() {
        eventually("an empty queue", () -> {
            boolean deleted = semaphore(coord(0)).delete();
            return deleted && queue(path()).isEmpty();
        });
    }

    @Test
    void permits_areHeldAtOnceWhileThereAreAny() throws Exception {
        SemaphoreHandle two = semaphore(coord(0)).withPermits(2).acquire();
        SemaphoreHandle one = semaphore(coord(1)).withHolder("node-1").acquire();
        assertHeld(two);
        assertHeld(one);
        assertThat(two.permits()).isEqualTo(2);
        assertThat(one.fencingToken()).isGreaterThan(two.fencingToken());
        assertThat(semaphore(coord(2)).availablePermits()).isZero();
        assertThat(semaphore(coord(2)).limit()).isEqualTo(LIMIT_IN_CODE);
        assertThat(semaphore(coord(2)).tryAcquire()).isEmpty();
        assertThatThrownBy(() -> semaphore(coord(2)).acquire(Duration.ofMillis(300)))
                .isInstanceOf(LockTimeoutException.class)
                .hasMessageContaining(path());
        assertThat(semaphore(coord(0)).delete()).as("while they are held").isFalse();
        two.close();
        two.close();
        assertLost(two);
        assertThat(semaphore(coord(2)).availablePermits()).isEqualTo(2);
        one.close();
        assertThat(semaphore(coord(2)).availablePermits()).isEqualTo(LIMIT_IN_CODE);
    }

    @Test
    void requests_areServedInTheirOrder_whateverTheyAskFor() throws Exception {
        SemaphoreHandle held = semaphore(coord(0)).withPermits(2).acquire();
        CompletableFuture<SemaphoreHandle> large = waiting(1, 3);
        CompletableFuture<SemaphoreHandle> small = waiting(2, 1);
        aMoment();
        assertThat(small).as("there is one left, but it does not overtake").isNotDone();
        held.close();
        SemaphoreHandle all = await(large);
        assertThat(all.permits()).isEqualTo(3);
        aMoment();
        assertThat(small).isNotDone();
        all.close();
        await(small).close();
    }

    @Test
    void release_letsInAsManyAsThereIsRoomFor() throws Exception {
        SemaphoreHandle held = semaphore(coord(0)).withPermits(3).acquire();
        List<CompletableFuture<SemaphoreHandle>> requests =
                List.of(waiting(0, 1), waiting(1, 1), waiting(2, 1), waiting(0, 1));
        held.close();
        requests.subList(0, 3).forEach(this::await);
        aMoment();
        assertThat(requests.get(3)).isNotDone();
        await(requests.get(1)).close();
        await(requests.get(3)).close();
        await(requests.get(0)).close();
        await(requests.get(2)).close();
    }

    @Test
    void limit_raised_letsWaitersIn_lowered_takesNothingBack() throws Exception {
        SemaphoreHandle held = semaphore(coord(0)).withPermits(3).acquire();
        CompletableFuture<SemaphoreHandle> next = waiting(1, 2);
        semaphore(coord(2)).setLimit(5);
        SemaphoreHandle entered = await(next);
        assertThat(semaphore(coord(0)).limit()).isEqualTo(5);

        assertThat(semaphore(coord(2)).trySetLimit(4, 1)).isFalse();
        assertThat(semaphore(coord(2)).trySetLimit(5, 2)).isTrue();
        assertThat(semaphore(coord(1)).availablePermits()).isEqualTo(-3);
        assertHeld(held);
        assertHeld(entered);
        CompletableFuture<SemaphoreHandle> late = waiting(1, 1);
        entered.close();
        aMoment();
        assertThat(late).as("three are held, of two").isNotDone();
        held.close();
        await(late).close();
    }

    @Test
    void limitOfNone_letsNobodyIn_untilItIsRaised() throws Exception {
        assertThat(semaphore(coord(0)).trySetLimit(LIMIT_IN_CODE, 0)).isTrue();
        assertThat(failure(semaphore(coord(1)).acquireAsync())).isInstanceOf(LimitExceededException.class);
        semaphore(coord(0)).setLimit(1);
        SemaphoreHandle held = semaphore(coord(1)).acquire(LIMIT);
        CompletableFuture<SemaphoreHandle> next = waiting(2, 1);
        semaphore(coord(0)).setLimit(0);
        held.close();
        aMoment();
        assertThat(next).isNotDone();
        semaphore(coord(0)).setLimit(1);
        await(next).close();
    }

    @Test
    void deletedLimit_isThatOfTheCodeAgain() throws Exception {
        semaphore(coord(0)).setLimit(7);
        semaphore(coord(0)).withPermits(7).acquire(LIMIT).close();
        assertThat(semaphore(coord(1)).delete()).isTrue();
        assertThat(semaphore(coord(2)).limit()).isEqualTo(LIMIT_IN_CODE);
        assertThat(failure(semaphore(coord(0)).withPermits(7).acquireAsync()))
                .isInstanceOf(LimitExceededException.class);
    }

    @Test
    void permitsOfACrashedPeer_areFreeAfterItsTimeToLive() throws Exception {
        String crashed = leader();
        SemaphoreHandle held =
                await(semaphore(cluster().open(crashed, TTL)).withPermits(2).acquireAsync());
        CompletableFuture<SemaphoreHandle> next = semaphore(
                        cluster().coord(othersThan(crashed).get(0)))
                .withPermits(3)
                .acquireAsync();
        CompletableFuture<Boolean> wasOver = next.thenApply(granted -> !held.isValid());
        aMoment();
        assertThat(next).isNotDone();
        cluster().faults().crash(crashed);
        SemaphoreHandle granted = await(next);
        assertThat(await(wasOver)).isTrue();
        assertThat(granted.fencingToken()).isGreaterThan(held.fencingToken());
        await(granted.closeAsync());
        cluster().faults().restart(crashed);
    }

    @Test
    void misuse_isRefused() {
        DistributedSemaphore semaphore = semaphore(coord(0));
        for (int bad : new int[] {0, -1, DistributedSemaphore.MAX_LIMIT + 1}) {
            assertThatThrownBy(() -> semaphore.withPermits(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("" + bad);
            assertThatThrownBy(() -> DistributedSemaphore.on(coord(0), path(), bad))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> semaphore.setLimit(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> semaphore.trySetLimit(3, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DistributedSemaphore.on(coord(0), nothing(), 1))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("path");
        assertThatThrownBy(() -> semaphore.withHolder(nothing())).isInstanceOf(NullPointerException.class);
        assertThat(failure(semaphore.withPermits(4).acquireAsync()))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining(path());
        assertThat(failure(semaphore.withPermits(4).tryAcquireAsync(Duration.ZERO)))
                .isInstanceOf(LimitExceededException.class);
    }
}
