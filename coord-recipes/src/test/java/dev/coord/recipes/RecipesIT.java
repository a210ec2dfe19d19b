package dev.coord.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.raft.LocalCluster;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The recipes on real peers. */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored")
class RecipesIT {
    private static final Duration TTL = Duration.ofSeconds(2);

    private static LocalCluster start() {
        return LocalCluster.builder().configure(peer -> peer.sessionTtl(TTL)).start();
    }

    @Test
    void lock_byManyThreadsOfThreePeers_losesNoUpdateAndGrantsGrowingTokens() throws Exception {
        try (LocalCluster cluster = start()) {
            List<CompletableFuture<Void>> workers = new ArrayList<>();
            List<Long> tokens = new ArrayList<>();
            AtomicInteger inside = new AtomicInteger();
            for (int i = 0; i < 9; i++) {
                Coord coord = cluster.coord("n" + (i % 3 + 1));
                workers.add(inThread(() -> {
                    for (int round = 0; round < 10; round++) {
                        try (LockHandle lock =
                                DistributedLock.on(coord, "/locks/counter").acquire()) {
                            assertThat(inside.incrementAndGet()).isEqualTo(1);
                            tokens.add(lock.fencingToken());
                            increment(coord, lock.guard());
                            inside.decrementAndGet();
                        }
                    }
                }));
            }
            for (CompletableFuture<Void> worker : workers) {
                worker.get(100, TimeUnit.SECONDS);
            }
            assertThat(cluster.coord("n1").kv().get("/counter").orElseThrow().text())
                    .isEqualTo("90");
            assertThat(tokens).hasSize(90).isSorted().doesNotHaveDuplicates();
        }
    }

    private static void increment(Coord coord, Guard guard) throws InterruptedException {
        int value = coord.kv()
                .get("/counter")
                .map(Entry::text)
                .map(Integer::parseInt)
                .orElse(0);
        assertThat(coord.kv()
                        .txn()
                        .when(guard)
                        .then(Op.put("/counter", Integer.toString(value + 1)))
                        .commit()
                        .succeeded())
                .isTrue();
    }

    @Test
    void leader_cutOff_isLostBeforeTheNextIsElected_andCannotWriteAfterHealing() throws Exception {
        try (LocalCluster cluster = start()) {
            String raftLeader = cluster.awaitLeader(Duration.ofSeconds(10));
            List<String> others =
                    cluster.ids().stream().filter(id -> !id.equals(raftLeader)).toList();
            Coord coord = cluster.coord(raftLeader);
            Leadership first = LeaderElection.on(coord, "/elections/billing").campaign("first");
            CompletableFuture<Leadership> second = LeaderElection.on(cluster.coord(others.get(0)), "/elections/billing")
                    .campaignAsync("second");
            CompletableFuture<Boolean> firstWasOver = second.thenApply(won -> !first.isValid());

            cluster.isolate(raftLeader);
            Leadership won = second.get(30, TimeUnit.SECONDS);
            assertThat(firstWasOver.get(10, TimeUnit.SECONDS)).isTrue();
            first.lost().get(10, TimeUnit.SECONDS);
            assertThat(won.term()).isGreaterThan(first.term());
            assertThat(cluster.coord(others.get(1))
                            .kv()
                            .txn()
                            .when(first.guard())
                            .then(Op.put("/x", "late"))
                            .commit()
                            .succeeded())
                    .isFalse();
            cluster.heal();
            assertThat(won.isValid()).isTrue();
        }
    }

    @Test
    void holder_killed_letsTheNextOneHaveTheLock() throws Exception {
        try (LocalCluster cluster = start()) {
            String raftLeader = cluster.awaitLeader(Duration.ofSeconds(10));
            String other = raftLeader.equals("n1") ? "n2" : "n1";
            LockHandle first =
                    DistributedLock.on(cluster.coord(raftLeader), "/locks/a").acquire();
            CompletableFuture<LockHandle> next =
                    DistributedLock.on(cluster.coord(other), "/locks/a").acquireAsync();
            cluster.kill(raftLeader);

            assertThat(next.get(30, TimeUnit.SECONDS).isValid()).isTrue();
            assertThat(first.isValid()).isFalse();
            first.lost().get(10, TimeUnit.SECONDS);
            first.closeAsync().get(10, TimeUnit.SECONDS);
        }
    }

    private interface Work {
        void run() throws InterruptedException, CoordException;
    }

    private static CompletableFuture<Void> inThread(Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                work.run();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }
}
