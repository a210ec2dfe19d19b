package dev.coord.examples.mutex;

import dev.coord.examples.mutex.Contender.Grant;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Measures one kind of mutual exclusion on a cluster whose messages take 10 ms on average, up to 20. */
final class Trial implements AutoCloseable {
    private static final int ROUNDS = 60;
    private static final Duration LONGEST_DELAY = Duration.ofMillis(20);
    private static final Duration SETTLED = Duration.ofSeconds(10);
    private static final Duration REST = Duration.ofMillis(300);

    final SimulatedCluster cluster;
    private final List<String> peers;

    Trial(int size) {
        cluster = SimulatedCluster.builder()
                .peers(size)
                .seed(size)
                .electionTimeout(Duration.ofMillis(500))
                .sessionTtl(Duration.ofSeconds(5))
                .start();
        peers = cluster.ids();
    }

    void begin(Contender contender) {
        cluster.faults().disturbMessages(0, 0, LONGEST_DELAY);
        // Those who meet for the first time have more to say.
        peers.forEach(peer -> use(contender, peer));
        cluster.advance(SETTLED);
    }

    private String peer(int round) {
        return peers.get(round % peers.size());
    }

    private void use(Contender contender, String peer) {
        cluster.await(cluster.await(contender.acquire(peer)).release());
        cluster.advance(REST);
    }

    /** Messages of all rounds; the peers take turns, and nobody waits. */
    long messages(Contender contender) {
        long before = contender.messages();
        for (int i = 0; i < ROUNDS; i++) {
            use(contender, peer(i));
        }
        return contender.messages() - before;
    }

    static int rounds() {
        return ROUNDS;
    }

    Duration free(Contender contender) {
        Duration sum = Duration.ZERO;
        for (int i = 0; i < ROUNDS; i++) {
            Duration begun = cluster.elapsed();
            Grant grant = cluster.await(contender.acquire(peer(i)));
            sum = sum.plus(cluster.elapsed().minus(begun));
            cluster.await(grant.release());
            cluster.advance(REST);
        }
        return sum.dividedBy(ROUNDS);
    }

    Duration handOver(Contender contender) {
        Duration sum = Duration.ZERO;
        for (int i = 0; i < ROUNDS; i++) {
            Grant grant = cluster.await(contender.acquire(peer(i)));
            CompletableFuture<Grant> next = contender.acquire(peer(i + 1));
            cluster.advance(REST);
            Duration begun = cluster.elapsed();
            CompletableFuture<Void> released = grant.release();
            Grant second = cluster.await(next);
            sum = sum.plus(cluster.elapsed().minus(begun));
            cluster.await(released);
            cluster.await(second.release());
            cluster.advance(REST);
        }
        return sum.dividedBy(ROUNDS);
    }

    /** Crashes a peer; asks at another one, and gives that a minute. Tells how long it took. */
    String acquireAfterCrash(Contender contender, String dead, String asker) {
        Duration begun = cluster.elapsed();
        cluster.faults().crash(dead);
        CompletableFuture<Grant> request = contender.acquire(asker);
        while (!request.isDone() && cluster.elapsed().minus(begun).compareTo(Duration.ofMinutes(1)) < 0) {
            cluster.advance(Duration.ofMillis(1));
        }
        return request.isDone() ? Figures.millis(cluster.elapsed().minus(begun)) : "never";
    }

    @Override
    public void close() {
        cluster.close();
    }
}
