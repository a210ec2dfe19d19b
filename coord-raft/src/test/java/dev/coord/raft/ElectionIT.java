package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Value;
import dev.coord.raft.testing.Eventually;
import dev.coord.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Raft leader is there sooner than by timeouts alone, and none is deposed that a majority hears. */
@Timeout(120)
class ElectionIT {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofSeconds(1);

    /** Timeouts alone would take 10 s at least. */
    @Test
    void cluster_startedAndStartedAgain_hasALeaderWithoutWaitingForTimeouts(@TempDir Path directory) throws Exception {
        for (int start = 1; start <= 3; start++) {
            long began = Ticker.system().nanos();
            try (LocalCluster cluster = LocalCluster.builder()
                    .directory(directory)
                    .electionTimeout(LONG)
                    .configure(peer -> peer.sessionTtl(LONG.multipliedBy(3)))
                    .start()) {
                assertThat(since(began)).as("start %d", start).isLessThan(Duration.ofSeconds(5));
                cluster.coord("n2").kv().put("/start", "" + start);
            }
        }
    }

    /** Its connections stay, so nothing but its silence tells. Timeouts alone take 1 to 4 s: they are looked at when one ends. */
    @Test
    void leaderThatFallsSilent_isReplacedSoonAfterTheTimeout() throws Exception {
        List<Duration> waits = new ArrayList<>();
        List<CompletableFuture<?>> writes = new ArrayList<>();
        try (LocalCluster cluster =
                LocalCluster.builder().electionTimeout(SHORT).start()) {
            for (int i = 0; i < 5; i++) {
                Eventually.until(LONG, () -> "one leader for all", () -> isFollowedByAll(cluster));
                String old = cluster.awaitLeader(LONG);
                // The followers' logs may end differently.
                for (int write = 0; write < 100; write++) {
                    writes.add(cluster.coord(old).kv().putAsync("/silent", Value.of("" + write)));
                }
                long began = Ticker.system().nanos();
                cluster.isolate(old);
                Eventually.until(
                        LONG,
                        () -> "another leader than " + old,
                        () -> cluster.leader()
                                .filter(leader -> !leader.equals(old))
                                .isPresent());
                waits.add(since(began));
                cluster.heal();
            }
            assertThat(writes).allSatisfy(write -> assertThat(write).succeedsWithin(LONG));
        }
        System.out.println("ElectionIT: from silence to the next leader: " + waits);
        waits.sort(null);
        assertThat(waits.get(waits.size() / 2)).as("of %s", waits).isLessThan(Duration.ofMillis(1600));
    }

    @Test
    void leaderThatOnlyOnePeerDoesNotHear_goesOnLeading() throws Exception {
        try (LocalCluster cluster =
                LocalCluster.builder().electionTimeout(Duration.ofMillis(300)).start()) {
            String leader = cluster.awaitLeader(LONG);
            String deaf = cluster.ids().stream()
                    .filter(id -> !id.equals(leader))
                    .findFirst()
                    .orElseThrow();
            long term = cluster.peer(leader).status().term();
            cluster.cut(leader, deaf);
            long began = Ticker.system().nanos();
            int writes = 0;
            while (since(began).compareTo(Duration.ofSeconds(3)) < 0) {
                cluster.coord(leader).kv().put("/heard", "" + writes++);
            }
            assertThat(cluster.peer(leader).status().term()).isEqualTo(term);
            assertThat(cluster.leader()).contains(leader);
        }
    }

    private static boolean isFollowedByAll(LocalCluster cluster) {
        Set<Optional<String>> leaders = cluster.ids().stream()
                .map(id -> cluster.peer(id).status().leader())
                .collect(Collectors.toSet());
        return leaders.size() == 1 && !leaders.contains(Optional.empty());
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(Ticker.system().nanos() - nanos);
    }
}
