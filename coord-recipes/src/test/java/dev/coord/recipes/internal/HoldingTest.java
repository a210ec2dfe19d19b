package dev.coord.recipes.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a holder says of itself, while others ask it to let go, in random order and with random delays. */
class HoldingTest {
    private static final QueuePath QUEUE = new QueuePath("/held");
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration MOMENT = Duration.ofMillis(2);
    private static final int SCHEDULES = 100;

    private record Peers(FakeWorld world, FakeCoord holder, FakeCoord other) {
        static Peers of(Random random) {
            FakeWorld world = FakeWorld.random(random);
            return new Peers(world, world.join(LONG), world.join(LONG));
        }

        CompletableFuture<Holding> claim(FakeCoord coord, String text) {
            return Claim.queued(coord, wants(text), Terms.PLAIN, held -> held);
        }

        CompletableFuture<Boolean> askForRelease() {
            return ReleaseRequest.send(other, wants(""));
        }

        private static List<Want> wants(String text) {
            return List.of(Want.exclusive(QUEUE, Ask.of(1, text)));
        }

        <T> T await(CompletableFuture<T> future) {
            world.advance(Duration.ofSeconds(20));
            assertThat(future).isDone();
            return future.join();
        }

        void pass(Duration time) {
            world.advance(time);
        }

        /** What the store has of the only one that holds. */
        Ask held() {
            List<Entry> entries = world.store().entries("/held/~h/");
            assertThat(entries).hasSize(1);
            return Ask.decode(entries.get(0).value());
        }

        void assertKnown(Holding holding) {
            pass(Duration.ofSeconds(20));
            assertThat(holding.isValid()).isTrue();
            assertThat(holding.ask()).isEqualTo(held());
            assertThat(holding.releaseAsked().isDone()).isEqualTo(held().releaseAsked());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void updates_andARequestToLetGo_takeNothingFromEachOther(int updates) {
        for (int seed = 1; seed <= SCHEDULES; seed++) {
            Random random = new Random(seed);
            Peers peers = Peers.of(random);
            Holding holding = peers.await(peers.claim(peers.holder, "first"));
            CompletableFuture<Boolean> asked = peers.askForRelease();
            List<CompletableFuture<Boolean>> said = new ArrayList<>();
            for (int i = 1; i <= updates; i++) {
                peers.pass(MOMENT.multipliedBy(random.nextInt(10)));
                String text = "update " + i;
                said.add(holding.update(ask -> ask.withText(text)));
            }
            assertThat(peers.await(asked)).as("seed %s", seed).isTrue();
            assertThat(said).as("seed %s", seed).allMatch(CompletableFuture::join);
            assertThat(peers.held().releaseAsked()).as("seed %s", seed).isTrue();
            assertThat(peers.held().text()).as("seed %s", seed).isEqualTo(updates == 0 ? "first" : "update " + updates);
            peers.assertKnown(holding);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void request_atTheMomentOfTheGrant_isHeard(boolean handedOver) {
        for (int seed = 1; seed <= SCHEDULES; seed++) {
            Random random = new Random(seed);
            Peers peers = Peers.of(random);
            CompletableFuture<Holding> next;
            if (handedOver) {
                Holding first = peers.await(peers.claim(peers.other, "first"));
                next = peers.claim(peers.holder, "next");
                peers.pass(Duration.ofSeconds(5));
                CompletableFuture<Void> closed = first.closeAsync();
                assertThat(closed).isNotDone();
            } else {
                next = peers.claim(peers.holder, "next");
            }
            peers.pass(MOMENT.multipliedBy(random.nextInt(10)));
            CompletableFuture<Boolean> asked = peers.askForRelease();
            Holding holding = peers.await(next);
            assertThat(asked).isCompleted();
            peers.assertKnown(holding);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void update_underACondition_isRefusedByThatOnly(boolean holds) {
        for (int seed = 1; seed <= SCHEDULES; seed++) {
            Peers peers = Peers.of(new Random(seed));
            Holding holding = peers.await(peers.claim(peers.holder, "first"));
            CompletableFuture<Boolean> asked = peers.askForRelease();
            Guard condition = holds ? Guard.absent("/none") : Guard.exists("/none");
            CompletableFuture<Boolean> said = holding.update(ask -> ask.withText("second"), condition);
            assertThat(peers.await(said)).isEqualTo(holds);
            assertThat(peers.await(asked)).isTrue();
            assertThat(peers.held().text()).isEqualTo(holds ? "second" : "first");
            peers.assertKnown(holding);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void upgradeAndDowngrade_keepARequestToLetGo(boolean beside) {
        for (int seed = 1; seed <= SCHEDULES; seed++) {
            Random random = new Random(seed);
            Peers peers = Peers.of(random);
            List<Want> reader = List.of(new Want(QUEUE, Ask.of(1, "reader"), Grip.ALL));
            Holding holding = peers.await(Claim.queued(peers.holder, reader, Terms.PLAIN, held -> held));
            Optional<Holding> another = beside
                    ? Optional.of(peers.await(Claim.queued(peers.other, reader, Terms.PLAIN, held -> held)))
                    : Optional.empty();
            Grip grip = new Grip(holding, false);
            CompletableFuture<Boolean> asked = ReleaseRequest.send(peers.other, reader);
            peers.pass(MOMENT.multipliedBy(random.nextInt(10)));
            CompletableFuture<Grip.Raised> raised = grip.raise(LONG, result -> result, result -> {});
            peers.pass(MOMENT.multipliedBy(random.nextInt(10)));
            another.ifPresent(Async::giveBack);
            assertThat(peers.await(raised).answer()).isEqualTo(Grip.Answer.RAISED);
            assertThat(peers.await(asked)).isTrue();
            assertThat(peers.held().releaseAsked()).as("seed %s", seed).isTrue();
            assertThat(Grip.isWriter(peers.held().permits())).isTrue();
            peers.assertKnown(holding);
            CompletableFuture<Void> lowered = grip.lower();
            peers.await(lowered);
            assertThat(peers.held())
                    .isEqualTo(Ask.of(1, "reader").withCapacity(Grip.ALL).withReleaseAsked());
        }
    }
}
