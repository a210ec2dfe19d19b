package dev.coord.recipes.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.LimitExceededException;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is bounded in elections, and says so. */
class BoundsTest {
    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord coord = world.join(Duration.ofSeconds(3));

    private static final TopicListener DEAF = new TopicListener() {
        @Override
        public void isLeader(String topic, Leadership leadership) {}

        @Override
        public void notLeader(String topic) {}
    };

    private static final LeaderLatchListener DEAF_TOO = new LeaderLatchListener() {
        @Override
        public void isLeader(Leadership leadership) {}

        @Override
        public void notLeader() {}
    };

    @Test
    void topics_pastTheBound_areRefused_untilOneIsDropped() {
        CandidateTopics candidate = CandidateTopics.of(coord, "/topics", "a", DEAF);
        for (int i = 0; i < CandidateTopics.MAX_TOPICS; i++) {
            assertThat(candidate.stand("t" + i)).isTrue();
        }
        assertThat(candidate.stand("t7")).isFalse();
        assertThatThrownBy(() -> candidate.stand("more"))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("1000 topics");
        CompletableFuture<Void> dropped = candidate.dropAsync("t7");
        assertThat(candidate.stand("more")).isTrue();
        assertThat(candidate.topics()).hasSize(CandidateTopics.MAX_TOPICS);
        assertThat(dropped).isNotNull();
    }

    @Test
    void listeners_pastTheBound_areRefused() {
        LeaderLatch latch = LeaderLatch.of(LeaderElection.on(coord, "/e"), "a");
        CompletableFuture<Leadership> won = LeaderElection.on(coord, "/e").campaignAsync("a");
        world.settle();
        for (int i = 0; i < 1_000; i++) {
            latch.listen(DEAF_TOO);
            won.join().onStateChange(state -> {});
        }
        assertThatThrownBy(() -> latch.listen(DEAF_TOO)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> won.join().onStateChange(state -> {})).isInstanceOf(IllegalStateException.class);
        assertThat(coord.openWatches()).as("listeners cost none").isEqualTo(1);
    }

    @Test
    void latch_thatWasNotStarted_isNotWaitedFor() {
        LeaderLatch latch = LeaderLatch.of(LeaderElection.on(coord, "/e"), "a");
        assertThatThrownBy(latch::await)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a latch that was not started never leads; start it before waiting");
        assertThatThrownBy(() -> latch.await(Duration.ofHours(1))).isInstanceOf(IllegalStateException.class);
        assertThat(latch.awaitAsync()).isNotDone();
        assertThat(latch.closeAsync()).isCompleted();
    }
}
