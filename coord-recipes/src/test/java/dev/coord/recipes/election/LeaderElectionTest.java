package dev.coord.recipes.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.CoordException;
import dev.coord.FencedException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Op;
import dev.coord.kv.TxnResult;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.MultiLock;
import dev.coord.recipes.lock.MultiLockHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored")
class LeaderElectionTest {
    private static final Duration TTL = Duration.ofSeconds(3);
    private static final String PATH = "/elections/billing";

    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord a = world.join(TTL);
    private final FakeCoord b = world.join(TTL);

    private CompletableFuture<Leadership> campaign(FakeCoord coord, String candidate) {
        CompletableFuture<Leadership> campaign = LeaderElection.on(coord, PATH).campaignAsync(candidate);
        world.settle();
        return campaign;
    }

    @Test
    void campaign_ofTwo_electsTheFirst_andTheSecondWhenItResigns() throws Exception {
        Leadership first = campaign(a, "a").join();
        CompletableFuture<Leadership> second = campaign(b, "b");
        assertThat(second).isNotDone();
        assertThat(LeaderElection.on(b, PATH).leader()).contains(new LeaderInfo("a", first.term()));

        world.blocking(() -> {
            first.resign();
            return true;
        });
        world.settle();

        assertThat(second.join().term()).isGreaterThan(first.term());
        assertThat(LeaderElection.on(a, PATH).leader(Consistency.sequential()))
                .contains(new LeaderInfo("b", second.join().term()));
    }

    @Test
    void campaign_forAWhile_isEmptyAtTheEnd() throws Exception {
        Leadership first = campaign(a, "a").join();
        CompletableFuture<Optional<Leadership>> second =
                LeaderElection.on(b, PATH).campaignAsync("b", Duration.ofSeconds(1));
        world.advance(Duration.ofSeconds(1));
        assertThat(second).isCompletedWithValue(Optional.empty());
        world.blocking(() -> {
            first.close();
            return true;
        });
        assertThat(LeaderElection.on(a, PATH).leader()).isEmpty();
        assertThat(world.blocking(() -> LeaderElection.on(b, PATH).campaign("b", Duration.ZERO)))
                .isPresent();
    }

    @Test
    void proclaim_changesWhatIsTold_notTheTerm() throws Exception {
        Leadership leadership = campaign(a, "a").join();
        world.blocking(() -> {
            leadership.proclaim("a, at port 7");
            return true;
        });
        assertThat(LeaderElection.on(b, PATH).leader()).contains(new LeaderInfo("a, at port 7", leadership.term()));
        assertThat(leadership.isValid()).isTrue();
        a.cut();
        world.advance(TTL.multipliedBy(2));
        assertThat(LeaderElection.on(b, PATH).leader())
                .as("still bound to the session")
                .isEmpty();
    }

    @Test
    void proclaim_byAFormerLeader_isRefused() {
        Leadership first = campaign(a, "a").join();
        CompletableFuture<Leadership> second = campaign(b, "b");
        world.store().delete(world.store().entries(PATH).get(0).key());
        CompletableFuture<Void> inFlight = first.proclaimAsync("a again");
        world.settle();
        CompletableFuture<Void> later = first.proclaimAsync("a again");
        world.settle();

        assertThatThrownBy(inFlight::get).hasCauseInstanceOf(FencedException.class);
        assertThatThrownBy(later::get).hasCauseInstanceOf(FencedException.class);
        assertThat(second).isCompleted();
    }

    @Test
    void transfer_byAFormerLeader_isRefused() {
        Leadership first = campaign(a, "a").join();
        CompletableFuture<Leadership> second = campaign(b, "b");
        CompletableFuture<Leadership> third = campaign(b, "c");
        world.store().delete(world.store().entries(PATH + "/~h").get(0).key());
        CompletableFuture<Boolean> inFlight = first.transferToAsync("c");
        world.settle();

        assertThatThrownBy(inFlight::get).hasCauseInstanceOf(FencedException.class);
        assertThat(first.state()).isEqualTo(HandleState.LOST);
        assertThat(second).isCompleted();
        assertThat(third).isNotDone();
        assertThat(world.store().entries(PATH + "/~h")).hasSize(1);
    }

    @Test
    void guard_ofAFormerLeader_writesNothing() {
        Leadership first = campaign(a, "a").join();
        Leadership second = afterResigning(first, campaign(b, "b"));
        CompletableFuture<TxnResult> old =
                a.kv().txn().when(first.guard()).then(Op.put("/x", "old")).commitAsync();
        CompletableFuture<TxnResult> current =
                b.kv().txn().when(second.guard()).then(Op.put("/y", "new")).commitAsync();
        world.settle();

        assertThat(old.join().succeeded()).isFalse();
        assertThat(current.join().succeeded()).isTrue();
        assertThat(world.store().entries("/x")).isEmpty();
    }

    private Leadership afterResigning(Leadership former, CompletableFuture<Leadership> next) {
        CompletableFuture<Void> gone = former.closeAsync();
        world.settle();
        assertThat(gone).isCompleted();
        return next.join();
    }

    @Test
    void observe_isToldEachChangeOnce_inOrder() {
        List<String> told = new ArrayList<>();
        Observation observation = LeaderElection.on(b, PATH)
                .observe(leader -> told.add(leader.map(LeaderInfo::candidate).orElse("none")));
        world.settle();
        Leadership first = campaign(a, "a").join();
        CompletableFuture<Leadership> second = campaign(b, "b");
        first.proclaimAsync("a2");
        world.settle();
        Leadership next = afterResigning(first, second);
        next.closeAsync();
        world.settle();
        observation.close();
        campaign(a, "later");

        assertThat(told).containsExactly("none", "a", "a2", "b", "none");
    }

    @Test
    void observe_whenHistoryIsLost_goesOnFromTheState() {
        List<String> told = new ArrayList<>();
        Observation observation = LeaderElection.on(b, PATH).observe(new LeaderListener() {
            @Override
            public void onLeader(Optional<LeaderInfo> leader) {
                told.add(leader.map(LeaderInfo::candidate).orElse("none"));
            }

            @Override
            public void onGap() {
                told.add("gap");
            }
        });
        world.settle();
        Leadership first = campaign(a, "a").join();
        b.compactWatches();
        world.settle();
        assertThat(told).containsExactly("none", "a", "gap");
        b.cut();
        first.closeAsync();
        campaign(a, "a3");
        b.heal();
        b.compactWatches();
        world.settle();
        observation.close();

        assertThat(told).containsExactly("none", "a", "gap", "gap", "a3");
    }

    @Test
    void observe_byAListenerThatThrowsAtFirst_goesOn() {
        List<LeaderInfo> told = new ArrayList<>();
        Observation observation = LeaderElection.on(b, PATH).observe(leader -> {
            told.add(leader.orElseThrow());
        });
        assertThatThrownBy(world::settle).as("the executor's business").isInstanceOf(RuntimeException.class);
        campaign(a, "a").join();
        observation.close();
        assertThat(told).hasSize(1);
    }

    @Test
    void observe_whenTheHandleCloses_ends() {
        List<CoordException> ends = new ArrayList<>();
        Observation observation = LeaderElection.on(b, PATH).observe(new LeaderListener() {
            @Override
            public void onLeader(Optional<LeaderInfo> leader) {}

            @Override
            public void onEnd(CoordException cause) {
                ends.add(cause);
            }
        });
        world.settle();
        b.close();
        world.settle();
        observation.close();
        assertThat(ends).singleElement().isInstanceOf(ClosedException.class);
    }

    @Test
    void observe_inRandomSchedules_seesGrowingTermsAndEndsWithTheTruth() throws Exception {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            FakeWorld chaos = FakeWorld.random(random);
            List<FakeCoord> coords = List.of(chaos.join(TTL), chaos.join(TTL), chaos.join(TTL));
            List<Optional<LeaderInfo>> told = new ArrayList<>();
            Observation observation = LeaderElection.on(coords.get(0), PATH).observe(told::add);
            for (int i = 0; i < 12; i++) {
                LeaderElection.on(coords.get(random.nextInt(3)), PATH)
                        .campaignAsync("c" + i)
                        .thenAccept(won -> chaos.afterEachStep(() -> {
                            if (random.nextInt(20) == 0) {
                                won.closeAsync();
                            }
                        }));
                chaos.advance(Duration.ofMillis(random.nextInt(800)));
            }
            chaos.advance(Duration.ofMinutes(1));
            Optional<LeaderInfo> truth = LeaderElection.on(coords.get(0), PATH).leader(Consistency.sequential());
            assertThat(told).as("seed " + seed).endsWith(truth);
            List<Long> terms = told.stream()
                    .flatMap(Optional::stream)
                    .map(LeaderInfo::term)
                    .toList();
            assertThat(terms).as("seed " + seed).isSorted().doesNotHaveDuplicates();
            observation.close();
        }
    }

    @Test
    void transfer_toOneThatWaitsInSeveralQueues_isNotDone() {
        String other = "/locks/other";
        LockHandle held = settled(DistributedLock.on(a, other).acquireAsync()).join();
        Leadership leading = campaign(a, "a").join();
        CompletableFuture<MultiLockHandle> both =
                settled(MultiLock.of(b, PATH, other).withHolder("b").acquireAsync());

        assertThat(settled(leading.transferToAsync("b")).join()).isFalse();
        assertThat(leading.isValid()).isTrue();
        assertThat(both).isNotDone();
        assertThat(held.isValid()).isTrue();
        settled(leading.closeAsync()).join();
        settled(held.closeAsync()).join();
        assertThat(both).isCompleted();
        settled(both.join().closeAsync()).join();
        assertThat(world.store().entries(PATH + "/~")).isEmpty();
    }

    @Test
    void latch_inAQueueThatNobodyCanRead_ends_andSoDoWhoWaitForIt() {
        settled(a.kv().txn().then(Op.put(PATH + "/~h/1-1", "garbage")).commitAsync());
        LeaderLatch latch = LeaderLatch.of(LeaderElection.on(b, PATH), "b").start();
        CompletableFuture<Boolean> leads = latch.awaitAsync();
        world.settle();
        assertThat(latch.ended()).isCompletedExceptionally();
        assertThat(leads).isCompletedWithValue(false);
    }

    private <T> CompletableFuture<T> settled(CompletableFuture<T> future) {
        world.settle();
        return future;
    }
}
