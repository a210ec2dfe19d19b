package dev.coord.recipes.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Candidates that begin to stand while another thread drops their topic. */
@Timeout(60)
@Isolated("its threads race each other, which takes ages beside others")
class CandidateTopicsTest {
    private static final int TIMES = 500;

    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord coord = world.join(Duration.ofSeconds(3));
    private final CandidateTopics topics = CandidateTopics.of(coord, "/topics", "n1", new TopicListener() {
        @Override
        public void isLeader(String topic, Leadership leadership) {}

        @Override
        public void notLeader(String topic) {}
    });

    @Test
    void topicDroppedAtTheMomentItIsTaken_isNoFailureOfEither_andLeavesNothing() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> dropping = new CompletableFuture<>();
        Thread dropper = FakeWorld.startBlocking(
                () -> {
                    int dropped = 0;
                    while (!over.get()) {
                        if (topics.topics().contains("t")) {
                            CompletableFuture<Void> ignored = topics.dropAsync("t");
                            dropped++;
                        } else {
                            Thread.yield();
                        }
                    }
                    return dropped;
                },
                dropping);
        try {
            for (int stood = 0; stood < TIMES; ) {
                if (topics.stand("t")) {
                    stood++;
                } else {
                    Thread.yield();
                }
                if (stood % 100 == 0) {
                    world.settle();
                }
            }
        } finally {
            over.set(true);
            dropper.join();
        }
        CompletableFuture<Void> ignored = topics.dropAsync("t");
        world.advance(Duration.ofSeconds(1));
        assertThat(dropping.join()).isBetween(TIMES - 1, TIMES);
        assertThat(world.store().entries("/topics/")).isEmpty();
        assertThat(coord.openWatches()).isZero();
    }

    /** What the above comes to, when it happens. */
    @Test
    void latchClosedBeforeItIsStarted_doesNotStand() {
        LeaderLatch latch = LeaderLatch.of(LeaderElection.on(coord, "/topics/t"), "n1");
        assertThat(latch.closeAsync()).isCompleted();
        latch.tryStart();
        world.advance(Duration.ofSeconds(1));
        assertThat(world.store().entries("/topics/")).isEmpty();
        assertThatThrownBy(latch::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a latch is started once; make another");
    }

    @Test
    void closedCandidate_standsNoMore() {
        assertThat(topics.stand("t")).isTrue();
        assertThat(topics.stand("t")).isFalse();
        CompletableFuture<Void> closed = topics.closeAsync();
        world.advance(Duration.ofSeconds(1));
        assertThat(closed).isCompleted();
        assertThatThrownBy(() -> topics.stand("u"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a candidate that was closed");
        assertThat(topics.topics()).isEmpty();
        assertThat(world.store().entries("/topics/")).isEmpty();
    }
}
