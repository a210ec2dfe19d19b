package dev.coord.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.recipes.election.CandidateInfo;
import dev.coord.recipes.election.ElectionMetrics;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderLatch;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.election.Observation;
import dev.coord.recipes.lock.Acquirable;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.DistributedSemaphore;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.LockMetrics;
import dev.coord.recipes.lock.LockTimeoutException;
import dev.coord.recipes.lock.SemaphoreHandle;
import dev.coord.testkit.SimulatedCluster;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the figures of locks and elections tell, on virtual time. */
class RecipeMetricsTest {
    private static final Duration TTL = Duration.ofSeconds(2);
    private static final String PATH = "/locks/ledger";

    private final SimulatedCluster cluster = SimulatedCluster.builder().seed(1).start();
    private final Coord coord = cluster.open("n1", TTL);
    private final Coord other = cluster.open("n2", TTL);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Acquirable<LockHandle> lock =
            DistributedLock.on(coord, PATH).withListener(new LockMetrics(registry, "ledger"));

    @AfterEach
    void stop() {
        cluster.close();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private double counter(String name) {
        return registry.get(name).counter().count();
    }

    private double seconds(String timer) {
        return registry.get(timer).timer().totalTime(TimeUnit.SECONDS);
    }

    private long times(String timer) {
        return registry.get(timer).timer().count();
    }

    private void soon(String what, SimulatedCluster.Condition condition) {
        cluster.runUntil(what, Duration.ofSeconds(10), condition);
    }

    @Test
    void lockThatIsWaitedFor_tellsHowLong_andHowLongItIsHeld() {
        LockHandle before = cluster.await(DistributedLock.on(other, PATH).acquireAsync());
        CompletableFuture<LockHandle> requested = lock.acquireAsync();
        soon("it waits", () -> gauge("coord.lock.waiting") == 1);
        cluster.advance(Duration.ofSeconds(3));
        before.closeAsync();
        LockHandle held = cluster.await(requested);
        soon("it is held", () -> gauge("coord.lock.held") == 1);
        assertThat(gauge("coord.lock.waiting")).isZero();
        assertThat(seconds("coord.lock.acquired")).isBetween(3.0, 3.5);
        cluster.advance(Duration.ofSeconds(5));
        held.closeAsync();
        soon("it is not", () -> gauge("coord.lock.held") == 0);
        assertThat(seconds("coord.lock.released")).isBetween(5.0, 5.5);
        assertThat(counter("coord.lock.lost")).isZero();
    }

    @Test
    void lockThatOthersHold_isBusy_forAllFormsThatGiveUp() {
        cluster.await(DistributedLock.on(other, PATH).acquireAsync());
        assertThat(cluster.await(lock.tryAcquireAsync(Duration.ZERO))).isEmpty();
        assertThat(cluster.await(lock.tryAcquireAsync(Duration.ofSeconds(1)))).isEmpty();
        CompletableFuture<LockHandle> failed = lock.acquireAsync(Duration.ofSeconds(1));
        soon("it has failed", failed::isCompletedExceptionally);
        assertThatThrownBy(failed::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(LockTimeoutException.class)
                .hasMessageContaining("DistributedLock(" + PATH + ") was busy");
        soon("all three are told", () -> counter("coord.lock.busy") == 3);
        assertThat(gauge("coord.lock.waiting")).isZero();
        assertThat(counter("coord.lock.failed")).isZero();
    }

    @Test
    void requestThatIsCancelled_hasFailed() {
        cluster.await(DistributedLock.on(other, PATH).acquireAsync());
        CompletableFuture<LockHandle> requested = lock.acquireAsync();
        cluster.advance(Duration.ofSeconds(1));
        requested.cancel(false);
        soon("it has failed", () -> counter("coord.lock.failed") == 1);
        assertThat(gauge("coord.lock.waiting")).isZero();
    }

    @Test
    void lockWhoseSessionLapses_isLost() {
        cluster.await(lock.acquireAsync());
        cluster.faults().isolate("n1");
        soon("it is lost", () -> counter("coord.lock.lost") == 1);
        assertThat(gauge("coord.lock.held")).isZero();
        assertThat(times("coord.lock.released")).isZero();
    }

    @Test
    void lockWhoseHandleIsClosed_isReleased() {
        cluster.await(lock.acquireAsync());
        coord.close();
        soon("it is released", () -> times("coord.lock.released") == 1);
        assertThat(counter("coord.lock.lost")).isZero();
    }

    @Test
    void otherKindsOfLocks_tellTheSame() {
        Acquirable<SemaphoreHandle> semaphore =
                DistributedSemaphore.on(coord, "/permits", 3).withListener(new LockMetrics(registry, "permits"));
        cluster.await(semaphore.acquireAsync());
        cluster.await(semaphore.acquireAsync());
        soon(
                "both are held",
                () -> registry.get("coord.lock.held")
                                .tag("lock", "permits")
                                .gauge()
                                .value()
                        == 2);
    }

    @Test
    void election_tellsWhoLeads_andOfChanges() {
        ElectionMetrics metrics = new ElectionMetrics(registry, "billing");
        LeaderElection election = LeaderElection.on(coord, "/elections/billing").withListener(metrics);
        try (Observation ignored = election.observe(metrics)) {
            soon("nobody leads", () -> gauge("coord.election.leader.known") == 0);
            Leadership led = cluster.await(election.campaignAsync("here"));
            soon("it leads", () -> gauge("coord.election.leading") == 1);
            soon("it is known", () -> gauge("coord.election.leader.known") == 1);
            CompletableFuture<Leadership> next =
                    LeaderElection.on(other, "/elections/billing").campaignAsync("there");
            cluster.advance(Duration.ofSeconds(1));
            CandidateInfo candidate = cluster.await(election.candidatesAsync(dev.coord.kv.Consistency.linearizable()))
                    .get(0);
            assertThat(cluster.await(led.transferToAsync(candidate))).isTrue();
            cluster.await(next);
            soon("another is known", () -> counter("coord.election.changes") == 2);
            soon("it does not lead", () -> gauge("coord.election.leading") == 0);
            assertThat(times("coord.election.resigned")).isEqualTo(1);
            assertThat(counter("coord.election.lost")).isZero();
            assertThat(times("coord.election.won")).isEqualTo(1);
        }
    }

    @Test
    void latchOfAnElectionWithAListener_isToldOf() {
        ElectionMetrics metrics = new ElectionMetrics(registry, "latch");
        LeaderElection election = LeaderElection.on(coord, "/elections/latch").withListener(metrics);
        LeaderLatch latch = LeaderLatch.of(election, "here").restanding();
        latch.start();
        soon("it leads", () -> gauge("coord.election.leading") == 1);
        cluster.faults().isolate("n1");
        soon("it has lost", () -> counter("coord.election.lost") == 1);
        soon("it campaigns again", () -> gauge("coord.election.campaigning") == 1);
    }
}
