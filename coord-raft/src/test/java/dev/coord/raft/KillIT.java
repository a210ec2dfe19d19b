package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.kv.RangeQuery;
import dev.coord.raft.testing.Eventually;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers are killed and come back, one after the other, while all of them write. */
@Timeout(120)
class KillIT {
    private static final int ROUNDS = 20;
    private static final Duration BOUND = Duration.ofSeconds(3);

    private final Map<String, Load.Writer> writers = new HashMap<>();
    private final Map<Long, String> gaps = new TreeMap<>();
    private int leadersKilled;
    private long longestKill;

    @Test
    void peers_killedUnderLoad_loseNothingAndApplyNothingTwice() throws Exception {
        long seed = Long.getLong("coord.seed", Ticker.system().nanos());
        System.out.println("KillIT: seed " + seed + " (-Dcoord.seed)");
        Random random = new Random(seed);
        try (LocalCluster cluster = LocalCluster.builder()
                .electionTimeout(Duration.ofMillis(300))
                .configure(peer -> peer.snapshotEntries(500))
                .start()) {
            Load load = new Load();
            try {
                for (String id : cluster.ids()) {
                    writers.put(id, load.start(id + "-0", cluster.coord(id)));
                }
                for (int round = 1; round <= ROUNDS; round++) {
                    String leader = cluster.awaitLeader(Duration.ofSeconds(10));
                    boolean killLeader = random.nextBoolean();
                    String victim = killLeader
                            ? leader
                            : cluster.ids().get(random.nextInt(cluster.ids().size()));
                    round(cluster, load, round, victim, victim.equals(leader));
                }
            } finally {
                load.stop();
            }
            report(load);
            verify(cluster, load);
        }
    }

    private void round(LocalCluster cluster, Load load, int round, String victim, boolean led) throws Exception {
        writers.remove(victim);
        long before = Ticker.system().nanos();
        cluster.kill(victim);
        long killed = Ticker.system().nanos();
        Eventually.until(
                Duration.ofSeconds(20),
                () -> "writes after " + victim + " was killed",
                () -> writers.values().stream().allMatch(writer -> writer.hasWrittenSince(killed)));
        long gap = writers.values().stream()
                .mapToLong(writer -> writer.longestGapSince(before))
                .max()
                .orElseThrow();
        gaps.put(gap, victim + (led ? " (leader)" : "") + " in round " + round);
        leadersKilled += led ? 1 : 0;
        longestKill = Math.max(longestKill, killed - before);
        cluster.restart(victim);
        Load.Writer reborn = load.start(victim + "-" + round, cluster.coord(victim));
        writers.put(victim, reborn);
        Eventually.until("a write at the reborn " + victim, () -> reborn.hasWrittenSince(before));
    }

    private void report(Load load) {
        List<Long> sorted = List.copyOf(gaps.keySet());
        System.out.println("KillIT: " + ROUNDS + " kills, " + leadersKilled + " of leaders; write gap median "
                + sorted.get(sorted.size() / 2) / 1_000_000 + " ms, max " + sorted.get(sorted.size() - 1) / 1_000_000
                + " ms; acknowledged " + load.acknowledged.size() + " keys and " + load.counted.size()
                + " counts, unknown " + load.unknown.size() + " and " + load.unknownCounts + ", refused "
                + load.refused.size());
        System.out.println("KillIT: longest kill " + longestKill / 1_000_000 + " ms");
        gaps.forEach((gap, what) -> System.out.println("KillIT: gap " + gap / 1_000_000 + " ms: " + what));
    }

    private void verify(LocalCluster cluster, Load load) throws Exception {
        Kv kv = cluster.coord("n1").kv();
        Map<String, Entry> unique = entries(kv, "/kill/unique/");
        assertThat(load.problems).isEmpty();
        assertThat(leadersKilled).as("leaders killed").isGreaterThan(3);
        assertThat(load.acknowledged).hasSizeGreaterThan(1000);
        assertThat(missing(load.acknowledged, unique))
                .as("acknowledged and lost")
                .isEmpty();
        assertThat(missing(load.refused, unique)).as("refused, not applied").hasSameSizeAs(load.refused);
        assertThat(unique.values()).as("applied twice").allMatch(entry -> entry.version() == 1);
        Map<String, Entry> sequences = entries(kv, "/kill/sequence/");
        for (Load.Writer writer : load.writers) {
            long applied = sequences.containsKey(writer.sequenceKey)
                    ? sequences.get(writer.sequenceKey).version()
                    : 0;
            int sure = writer.sequenceAcknowledged.get();
            assertThat(applied).as(writer.name).isBetween((long) sure, (long) sure + writer.sequenceUnknown.get());
        }
        int count = Integer.parseInt(kv.get(Load.COUNTER).orElseThrow().text());
        assertThat(count).isBetween(load.counted.size(), load.counted.size() + load.unknownCounts.get());
        assertThat(kv.get(Load.COUNTER).orElseThrow().version()).isEqualTo(count);
        List<byte[]> states = Replicas.statesAtOneIndex(cluster);
        assertThat(states).allSatisfy(state -> assertThat(state).isEqualTo(states.get(0)));
        assertThat(gaps.keySet()).as("write gaps, ns").allMatch(gap -> gap < BOUND.toNanos());
    }

    /** AssertJ compares each with each, which takes minutes here. */
    private static List<String> missing(Set<String> keys, Map<String, Entry> present) {
        return keys.stream().filter(key -> !present.containsKey(key)).toList();
    }

    private static Map<String, Entry> entries(Kv kv, String prefix) throws InterruptedException {
        return kv.range(RangeQuery.of(KeyRange.prefix(prefix))).entries().stream()
                .collect(Collectors.toMap(Entry::key, Function.identity()));
    }
}
