package dev.coord.recipes.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.QueuePath;
import dev.coord.recipes.internal.Want;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A claim that waits elsewhere has room kept for it, and keeps no other from the rest. */
@SuppressWarnings("FutureReturnValueIgnored")
class SeveralQueuesTest {
    private static final Duration TTL = Duration.ofSeconds(3);

    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord a = world.join(TTL);
    private final FakeCoord b = world.join(TTL);
    private final FakeCoord c = world.join(TTL);

    private static Want want(String path, int permits, int capacity) {
        return new Want(new QueuePath(path), Ask.of(permits, ""), capacity);
    }

    private CompletableFuture<LockHandle> claim(FakeCoord coord, Want... wants) {
        CompletableFuture<LockHandle> claim = OwnerClaims.claim(
                coord,
                wants.length == 1
                        ? List.of(wants)
                        : Stream.of(wants)
                                .map(want -> new Want(want.queue(), want.ask().inSeveral(), want.capacity()))
                                .toList(),
                "");
        world.settle();
        return claim;
    }

    @Test
    void room_forBoth_isGivenToTheOneBehind_whileTheOneBeforeWaitsElsewhere() {
        LockHandle mutex = claim(a, want("/m", 1, 1)).join();
        CompletableFuture<LockHandle> both = claim(b, want("/m", 1, 1), want("/s", 1, 2));
        CompletableFuture<LockHandle> behind = claim(a, want("/s", 1, 2));
        assertThat(behind).isCompleted();
        CompletableFuture<LockHandle> third = claim(c, want("/s", 1, 2));
        assertThat(third).as("the rest is kept").isNotDone();

        mutex.closeAsync();
        world.settle();
        assertThat(both).isCompleted();
        assertThat(third).isNotDone();
        behind.join().closeAsync();
        world.settle();
        assertThat(third).isCompleted();
        both.join().closeAsync();
        third.join().closeAsync();
        world.settle();
        assertThat(world.store().entries("/")).isEmpty();
    }

    @Test
    void room_leftByAHolderThatDied_isHeardOfByTheOneBehind() {
        LockHandle mutex = claim(a, want("/m", 1, 1)).join();
        claim(c, want("/s", 2, 2)).join();
        CompletableFuture<LockHandle> both = claim(b, want("/m", 1, 1), want("/s", 1, 2));
        CompletableFuture<LockHandle> behind = claim(a, want("/s", 1, 2));
        assertThat(behind).isNotDone();
        c.cut();
        world.advance(TTL.multipliedBy(3));
        assertThat(behind).isCompleted();
        assertThat(both).isNotDone();
        mutex.closeAsync();
        world.settle();
        assertThat(both).isCompleted();
    }

    @Test
    void room_leftByAWaiterThatGaveUp_isHeardOfByTheOneBehind() {
        LockHandle mutex = claim(a, want("/m", 1, 1)).join();
        claim(c, want("/s", 1, 3));
        CompletableFuture<LockHandle> large = claim(c, want("/s", 3, 3));
        CompletableFuture<LockHandle> both = claim(b, want("/m", 1, 1), want("/s", 1, 3));
        CompletableFuture<LockHandle> behind = claim(a, want("/s", 1, 3));
        assertThat(behind).isNotDone();
        large.cancel(false);
        world.settle();
        assertThat(behind).isCompleted();
        assertThat(both).isNotDone();
        mutex.closeAsync();
        world.settle();
        assertThat(both).isCompleted();
    }
}
