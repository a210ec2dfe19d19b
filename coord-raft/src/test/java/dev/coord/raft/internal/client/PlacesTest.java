package dev.coord.raft.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PlacesTest {
    private final Places places = new Places(2);

    @Test
    void places_areTakenUpToTheLimit() {
        assertThat(places.tryTake()).isTrue();
        assertThat(places.tryTake()).isTrue();
        assertThat(places.tryTake()).isFalse();
        places.release();
        assertThat(places.tryTake()).isTrue();
        assertThat(places.taken()).isEqualTo(2);
    }

    @Test
    void placeTakenAnyway_mustBeGivenBackLikeOthers() {
        places.tryTake();
        places.tryTake();
        places.takeAnyway();
        places.release();
        assertThat(places.tryTake()).isFalse();
        places.release();
        assertThat(places.tryTake()).isTrue();
    }

    @Test
    void freePlace_goesToTheFirstInLine_notToANewcomer() {
        places.tryTake();
        places.tryTake();
        CompletableFuture<Boolean> first = places.standInLine();
        CompletableFuture<Boolean> second = places.standInLine();
        places.release();
        assertThat(places.tryTake()).isFalse();
        assertThat(first).isCompletedWithValue(true);
        assertThat(second).isNotDone();
    }

    @Test
    void placeTakenBeyondTheLimit_isNotHandedOn() {
        places.tryTake();
        places.tryTake();
        CompletableFuture<Boolean> waiting = places.standInLine();
        places.takeAnyway();
        places.release();
        assertThat(waiting).isNotDone();
        places.release();
        assertThat(waiting).isCompletedWithValue(true);
        assertThat(places.taken()).isEqualTo(2);
    }

    @Test
    void whoeverGaveUp_isPassedOver() {
        places.tryTake();
        places.tryTake();
        CompletableFuture<Boolean> first = places.standInLine();
        CompletableFuture<Boolean> second = places.standInLine();
        first.complete(false);
        places.release();
        assertThat(second).isCompletedWithValue(true);
        places.release();
        places.release();
        assertThat(places.taken()).isZero();
    }

    @Test
    void lineThatFormsWhereThereIsRoom_isServedAtOnce() {
        assertThat(places.standInLine()).isCompletedWithValue(true);
        assertThat(places.taken()).isEqualTo(1);
    }

    @Test
    void thoseTurnedAway_haveNoPlace() {
        places.tryTake();
        places.tryTake();
        CompletableFuture<Boolean> turn = places.standInLine();
        places.turnAway();
        assertThat(turn).isCompletedWithValue(false);
        assertThat(places.taken()).isEqualTo(2);
    }

    /** Nobody is forgotten in the line, and nobody comes in beyond the limit, however threads interleave. */
    @Test
    @Timeout(60)
    void manyThreads_allComeIn_neverMoreThanTheLimit() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(CompletableFuture.runAsync(
                    () -> {
                        for (int n = 0; n < 20_000; n++) {
                            if (!places.tryTake()) {
                                assertThat(places.standInLine()
                                                .orTimeout(30, TimeUnit.SECONDS)
                                                .join())
                                        .isTrue();
                            }
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            inside.decrementAndGet();
                            places.release();
                        }
                    },
                    task -> new Thread(task, "places").start()));
        }
        threads.forEach(CompletableFuture::join);
        assertThat(most).hasValueLessThanOrEqualTo(2);
        assertThat(places.taken()).isZero();
    }
}
