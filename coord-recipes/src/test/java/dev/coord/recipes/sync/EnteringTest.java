package dev.coord.recipes.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.UnavailableException;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The entering of a double barrier whose watch ends for a reason that passes. */
class EnteringTest {
    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord a = world.join(Duration.ofSeconds(3));
    private final FakeCoord b = world.join(Duration.ofSeconds(3));

    private CompletableFuture<BarrierMember> enter(FakeCoord coord) {
        CompletableFuture<BarrierMember> entering =
                DoubleBarrier.on(coord, "/barrier", 2).enterAsync();
        world.settle();
        return entering;
    }

    private void endWatches(FakeCoord coord) {
        assertThat(coord.openWatches()).isEqualTo(1);
        coord.endWatches(new UnavailableException("for a while"));
        world.advance(Duration.ofSeconds(1));
    }

    @Test
    void memberThatWaits_andMustLookAgain_hearsOfTheRound() {
        CompletableFuture<BarrierMember> first = enter(a);
        endWatches(a);
        CompletableFuture<BarrierMember> second = enter(b);
        assertThat(second).isCompleted();
        world.advance(Duration.ofSeconds(1));
        assertThat(first).isCompleted();
    }

    @Test
    void memberThatWaitsForTheEndOfARound_andMustLookAgain_hearsOfIt() {
        CompletableFuture<BarrierMember> first = enter(a);
        CompletableFuture<BarrierMember> second = enter(b);
        assertThat(first).isCompleted();
        FakeCoord c = world.join(Duration.ofSeconds(3));
        CompletableFuture<BarrierMember> third = enter(c);
        endWatches(c);
        CompletableFuture<Void> left = first.join().leaveAsync();
        assertThat(left).isNotDone();
        CompletableFuture<Void> leftToo = second.join().leaveAsync();
        world.advance(Duration.ofSeconds(1));
        assertThat(List.of(left, leftToo)).allMatch(CompletableFuture::isDone);
        CompletableFuture<BarrierMember> fourth = enter(a);
        world.advance(Duration.ofSeconds(1));
        assertThat(third).isCompleted();
        assertThat(fourth).isCompleted();
    }
}
