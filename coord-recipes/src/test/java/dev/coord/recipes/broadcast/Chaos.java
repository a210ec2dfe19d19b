package dev.coord.recipes.broadcast;

import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A simulated cluster in which things go wrong, as the seed has it. */
final class Chaos implements AutoCloseable {
    final SimulatedCluster cluster;
    final Random random;
    private final Set<String> dead = new HashSet<>();

    Chaos(int peers, long seed) {
        cluster = SimulatedCluster.builder()
                .peers(peers)
                .seed(seed)
                .sessionTtl(Duration.ofMinutes(5))
                .start();
        random = new Random(seed);
    }

    List<String> ids() {
        return cluster.ids();
    }

    BroadcastGroup group(String peer) {
        return BroadcastGroup.on(cluster.coord(peer), cluster.messenger(peer), "chaos")
                .withRetryEvery(Duration.ofMillis(10));
    }

    String anyPeer() {
        return ids().get(random.nextInt(ids().size()));
    }

    boolean chance(double rate) {
        return random.nextDouble() < rate;
    }

    void advance(int mostMillis) {
        cluster.advance(Duration.ofNanos(random.nextInt(mostMillis * 1_000_000)));
    }

    /** Does one more thing wrong, or ends one; nobody crashes. */
    void disturb() {
        String peer = anyPeer();
        switch (random.nextInt(6)) {
            case 0 -> cluster.faults().disturbMessages(0.1, 0.2, Duration.ofMillis(random.nextInt(8)));
            case 1 -> cluster.faults().isolate(peer);
            case 2 -> {
                String other = anyPeer();
                if (!other.equals(peer)) {
                    cluster.faults().cut(peer, other);
                }
            }
            case 3, 4 -> cluster.faults().heal();
            default -> pauseOrResume(peer);
        }
    }

    private void pauseOrResume(String peer) {
        if (dead.contains(peer)) {
            return;
        }
        if (cluster.isRunning(peer)) {
            cluster.faults().pause(peer);
        } else {
            cluster.faults().resume(peer);
        }
    }

    /** Ends all faults, brings back whoever is crashed, and crashes this one. */
    void crash(String peer) {
        endAll();
        cluster.faults().crash(peer);
        dead.add(peer);
    }

    void endAll() {
        cluster.faults().endAll();
        dead.clear();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
