package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.LimitExceededException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Kv;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import dev.coord.raft.internal.client.PeerCounts;
import dev.coord.raft.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten times what is allowed: callers are refused or wait, as they chose, and what is kept in memory stays bounded. */
@Timeout(120)
class OverloadIT {
    private static final int BOUND = 64;
    private static final int TIMES = 10;
    private static final Duration TTL = Duration.ofSeconds(3);

    /** Commands of the peer itself, such as a compaction, are in no session. */
    private static final int OWN_COMMANDS = 8;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private static LocalCluster cluster(int peers) {
        return LocalCluster.builder()
                .peers(peers)
                .configure(peer -> peer.maxInFlight(BOUND))
                .start();
    }

    private static String anyFollower(LocalCluster cluster) {
        String leader = cluster.awaitLeader(Duration.ofSeconds(10));
        return cluster.ids().stream()
                .filter(id -> !id.equals(leader))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void threadsThatDoNotWait_areRefusedPastTheBound_andAllElseLivesOn() throws Exception {
        try (LocalCluster cluster = cluster(3)) {
            CoordPeer peer = cluster.peer(anyFollower(cluster));
            try (Coord coord = peer.openSession(TTL);
                    Lease lease = coord.leases().grant(TTL)) {
                CompletableFuture<Void> sessionLapsed = coord.session().lapsed();
                CompletableFuture<Void> leaseLost = lease.lost();
                Pressure pressure = new Pressure(peer, coord, TTL.plusSeconds(1));
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < TIMES; i++) {
                    String name = "/overload/" + i + "/";
                    running.add(threads.submit(() -> pressure.run(name)));
                }
                for (Future<?> each : running) {
                    each.get();
                }
                assertThat(pressure.problems).isEmpty();
                assertThat(pressure.refused).isNotEmpty();
                assertThat(pressure.accepted.size()).isGreaterThan(TIMES * BOUND);
                assertThat(pressure.mostInFlight).isPositive().isLessThanOrEqualTo(BOUND);
                assertThat(pressure.mostWaiting).isLessThanOrEqualTo(BOUND + OWN_COMMANDS);
                assertThat(sessionLapsed).isNotDone();
                assertThat(leaseLost).isNotDone();
                Eventually.until(
                        Duration.ofSeconds(5), "normal again", () -> coord.kv().put("/after", "overload") > 0);
                Eventually.until(
                        Duration.ofSeconds(5),
                        () -> "nothing is left: " + peer.core().counts(),
                        () -> isIdle(peer.core().counts()));
                pressure.checkOutcomes();
            }
        }
    }

    private static boolean isIdle(PeerCounts counts) {
        return counts.inFlight() == 0 && counts.waiting() == 0 && counts.flights() == 0;
    }

    /** Threads of which each tries to keep as much in flight as all may together. */
    private static final class Pressure {
        final List<String> accepted = new ArrayList<>();
        final List<String> refused = new ArrayList<>();
        final List<String> problems = new ArrayList<>();
        int mostInFlight;
        int mostWaiting;
        private final CoordPeer peer;
        private final Coord coord;
        private final long end;

        Pressure(CoordPeer peer, Coord coord, Duration time) {
            this.peer = peer;
            this.coord = coord;
            this.end = coord.ticker().nanos() + time.toNanos();
        }

        void run(String prefix) {
            Round total = new Round();
            for (int number = 0; coord.ticker().nanos() - end < 0; number++) {
                Round round = new Round();
                for (int i = 0; i < BOUND; i++) {
                    round.issue(coord.kv(), prefix + number + "-" + i);
                }
                total.look(peer.core().counts());
                round.settle(total);
            }
            add(total);
        }

        private synchronized void add(Round total) {
            accepted.addAll(total.accepted);
            refused.addAll(total.refused.subList(0, Math.min(20, total.refused.size())));
            problems.addAll(total.problems);
            mostInFlight = Math.max(mostInFlight, total.mostInFlight);
            mostWaiting = Math.max(mostWaiting, total.mostWaiting);
        }

        /** Each accepted write was applied once, no refused one ever. */
        void checkOutcomes() throws InterruptedException {
            for (String key : accepted) {
                assertThat(coord.kv()
                                .get(key, Consistency.sequential())
                                .orElseThrow()
                                .version())
                        .isEqualTo(1);
            }
            for (String key : refused) {
                assertThat(coord.kv().get(key)).isEmpty();
            }
        }
    }

    /** What one thread issued. */
    private static final class Round {
        final List<String> accepted = new ArrayList<>();
        final List<String> refused = new ArrayList<>();
        final List<String> problems = new ArrayList<>();
        private final List<String> keys = new ArrayList<>();
        private final List<CompletableFuture<Long>> puts = new ArrayList<>();
        int mostInFlight;
        int mostWaiting;

        void issue(Kv kv, String key) {
            keys.add(key);
            puts.add(kv.putAsync(key, Value.of("v")));
        }

        void look(PeerCounts counts) {
            mostInFlight = Math.max(mostInFlight, counts.inFlight());
            mostWaiting = Math.max(mostWaiting, counts.waiting());
        }

        void settle(Round total) {
            for (int i = 0; i < puts.size(); i++) {
                Throwable error =
                        puts.get(i).handle((revision, failure) -> failure).join();
                if (error == null) {
                    total.accepted.add(keys.get(i));
                } else if (error instanceof LimitExceededException) {
                    total.refused.add(keys.get(i));
                } else {
                    total.problems.add(keys.get(i) + ": " + error);
                }
            }
        }
    }

    @Test
    void threadsThatWait_areAllServed_withinTheBound() throws Exception {
        try (LocalCluster cluster = cluster(3)) {
            CoordPeer peer = cluster.peer(anyFollower(cluster));
            Kv kv = peer.coord().kv().waitingForRoom();
            List<Callable<Integer>> work = new ArrayList<>();
            for (int i = 0; i < TIMES * BOUND; i++) {
                String key = "/wait/" + i;
                work.add(() -> {
                    int most = 0;
                    for (int n = 0; n < 5; n++) {
                        kv.put(key, "v");
                        kv.get(key);
                        most = Math.max(most, peer.core().counts().inFlight());
                    }
                    return most;
                });
            }
            for (Future<Integer> each : threads.invokeAll(work)) {
                assertThat(each.get()).isLessThanOrEqualTo(BOUND);
            }
            assertThat(kv.get("/wait/0").orElseThrow().version()).isEqualTo(5);
            Eventually.until("nothing is left", () -> isIdle(peer.core().counts()));
            assertThat(peer.core().measures().operationsRefused()).isZero();
        }
    }

    @Test
    void oneThreadThatWaits_getsAllItsFutures() throws Exception {
        try (LocalCluster cluster = cluster(1)) {
            CoordPeer peer = cluster.peer("n1");
            Kv kv = peer.coord().kv().waitingForRoom();
            List<CompletableFuture<Long>> puts = new ArrayList<>();
            for (int i = 0; i < TIMES * BOUND; i++) {
                puts.add(kv.putAsync("/one", Value.of("v")));
                assertThat(peer.core().counts().inFlight()).isLessThanOrEqualTo(BOUND);
            }
            puts.forEach(CompletableFuture::join);
            assertThat(kv.get("/one").orElseThrow().version()).isEqualTo(TIMES * BOUND);
        }
    }

    @Test
    void withoutALeader_waitersAreRefusedAtTheirDeadline_readersAreBoundedToo() throws Exception {
        try (LocalCluster cluster = cluster(3)) {
            String cut = anyFollower(cluster);
            CoordPeer peer = cluster.peer(cut);
            Coord coord = peer.coord();
            cluster.isolate(cut);
            List<CompletableFuture<Optional<Entry>>> reads = new ArrayList<>();
            for (int i = 0; i < TIMES * BOUND; i++) {
                reads.add(coord.kv().getAsync("/a", Consistency.linearizable()));
            }
            assertThat(reads).filteredOn(read -> !read.isDone()).hasSize(BOUND);
            assertThatThrownBy(() -> coord.kv().put("/a", "v")).isInstanceOf(LimitExceededException.class);
            Kv hasty = coord.kv().withTimeout(Duration.ofMillis(50)).waitingForRoom();
            assertThatThrownBy(() -> hasty.put("/a", "v"))
                    .isInstanceOf(LimitExceededException.class)
                    .hasMessageContaining("none of them ended before the deadline");
            assertThat(hasty.putAsync("/a", Value.of("v")))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withCauseInstanceOf(LimitExceededException.class);
            cluster.heal();
            for (CompletableFuture<Optional<Entry>> read : reads) {
                read.handle((found, error) -> error).join();
            }
            Eventually.until("normal again", () -> coord.kv().put("/b", "v") > 0);
            assertThat(coord.kv().get("/a")).isEmpty();
        }
    }

    @Test
    void waiterThatIsInterrupted_orWhoseHandleIsClosed_hasIssuedNothing() throws Exception {
        try (LocalCluster cluster = cluster(3)) {
            String cut = anyFollower(cluster);
            CoordPeer peer = cluster.peer(cut);
            Coord coord = peer.openSession(TTL);
            cluster.isolate(cut);
            for (int i = 0; i < BOUND; i++) {
                coord.kv().getAsync("/a", Consistency.linearizable());
            }
            Kv patient = coord.kv().waitingForRoom();
            CompletableFuture<Long> interrupted = new CompletableFuture<>();
            Thread thread = new Thread(() -> put(patient, "/interrupted", interrupted));
            thread.start();
            Eventually.until("it waits", () -> thread.getState() == Thread.State.WAITING);
            thread.interrupt();
            assertThatThrownBy(interrupted::join).hasCauseInstanceOf(InterruptedException.class);
            assertThat(peer.core().counts().inFlight()).isEqualTo(BOUND);
            CountDownLatch begun = new CountDownLatch(1);
            Future<Long> waiter = threads.submit(() -> {
                begun.countDown();
                return patient.put("/closed", "v");
            });
            begun.await();
            peer.close();
            assertThatThrownBy(waiter::get).hasCauseInstanceOf(ClosedException.class);
            cluster.heal();
            Coord other = cluster.coord(cluster.awaitLeader(Duration.ofSeconds(10)));
            assertThat(other.kv().get("/interrupted")).isEmpty();
            assertThat(other.kv().get("/closed")).isEmpty();
        }
    }

    private static void put(Kv kv, String key, CompletableFuture<Long> outcome) {
        try {
            outcome.complete(kv.put(key, "v"));
        } catch (InterruptedException | RuntimeException e) {
            outcome.completeExceptionally(e);
        }
    }

    /** Results that nobody takes are as much memory as operations on their way. */
    @Test
    void resultsNotYetTold_countAsInFlight() throws Exception {
        try (LocalCluster cluster = cluster(1)) {
            CoordPeer peer = cluster.peer("n1");
            Coord coord = peer.coord();
            CountDownLatch release = new CountDownLatch(1);
            Thread issuing = Thread.currentThread();
            List<CompletableFuture<Void>> told = new ArrayList<>();
            CompletableFuture<Long> last = coord.kv().putAsync("/slow", Value.of("v"));
            while (!last.isCompletedExceptionally()) {
                told.add(last.thenAccept(revision -> {
                    // One that has its result already is told here.
                    if (!Thread.currentThread().equals(issuing)) {
                        awaitQuietly(release);
                    }
                }));
                last = coord.kv().putAsync("/slow", Value.of("v"));
            }
            assertThat(last).isCompletedExceptionally();
            assertThatThrownBy(last::join).hasCauseInstanceOf(LimitExceededException.class);
            assertThat(peer.callbacksWaiting()).isLessThanOrEqualTo(BOUND + OWN_COMMANDS);
            release.countDown();
            told.forEach(CompletableFuture::join);
            Eventually.until("normal again", () -> coord.kv().put("/slow", "v") > 0);
            assertThat(coord.kv().get("/slow").orElseThrow().version()).isEqualTo(told.size() + 1);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void callbackAndTimer_doNotWaitForRoom() throws Exception {
        try (LocalCluster cluster = cluster(3)) {
            String cut = anyFollower(cluster);
            Coord coord = cluster.coord(cut);
            Kv patient = coord.kv().waitingForRoom();
            cluster.isolate(cut);
            for (int i = 0; i < BOUND; i++) {
                coord.kv().getAsync("/a", Consistency.linearizable());
            }
            CompletableFuture<Long> issued = new CompletableFuture<>();
            CompletableFuture<Long> timed = new CompletableFuture<>();
            coord.callbacks()
                    .execute(() -> patient.putAsync("/a", Value.of("v"))
                            .whenComplete((revision, error) -> issued.completeExceptionally(error)));
            coord.scheduler()
                    .schedule(
                            Duration.ZERO,
                            () -> patient.putAsync("/a", Value.of("v"))
                                    .whenComplete((revision, error) -> timed.completeExceptionally(error)));
            for (CompletableFuture<Long> each : List.of(issued, timed)) {
                assertThatThrownBy(each::join)
                        .hasCauseInstanceOf(LimitExceededException.class)
                        .hasMessageContaining("a callback or a timer does not wait");
            }
        }
    }
}
