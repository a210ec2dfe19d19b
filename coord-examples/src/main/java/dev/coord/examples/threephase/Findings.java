package dev.coord.examples.threephase;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a protocol was seen to do: without faults, at each of its crash points, and when the network falls apart. Everything is played
 * in simulated time with several seeds, by which the delays of messages differ.
 */
final class Findings {
    private static final int PARTITIONS_PER_SEED = 20;

    private final Lineup lineup;
    private final int seeds;
    private final Map<String, Set<String>> crashes = new LinkedHashMap<>();
    private final Map<PartitionPoint, Parted> partitions = new EnumMap<>(PartitionPoint.class);
    private final List<String> surprises = new ArrayList<>();
    private long runs;
    private long requests;
    private Duration took = Duration.ZERO;
    private int randomPartitions;
    private int randomSplits;
    private int randomInDoubt;
    private int majorityInDoubt;

    /** What became of a transaction under a partition, and after that. */
    record Parted(Outcome during, Outcome healed) {
        String word() {
            return during.isSplit() || !during.isBlocked() ? during.verdict() : "blocks, then " + healed.verdict();
        }
    }

    private Findings(Lineup lineup, int seeds) {
        this.lineup = lineup;
        this.seeds = seeds;
    }

    /** Plays everything, and looks whether it is as claimed. */
    static Findings of(Lineup lineup, int seeds) {
        Findings findings = new Findings(lineup, seeds);
        findings.playWithoutFault();
        findings.crash();
        findings.part();
        findings.partAtRandom();
        return findings;
    }

    private void expect(boolean holds, String what) {
        if (!holds) {
            surprises.add(lineup.title() + ": " + what);
        }
    }

    private void playWithoutFault() {
        for (int seed = 1; seed <= seeds; seed++) {
            try (Stage stage = Stage.simulated(lineup.contender().get(), seed)) {
                Outcome outcome = stage.play();
                expect(allCommitted(outcome), "without a fault, seed " + seed + ": " + outcome.describe());
                requests = outcome.requests();
                took = took.plus(outcome.took());
                runs++;
            }
        }
    }

    private static boolean allCommitted(Outcome outcome) {
        return outcome.states().values().stream().allMatch(state -> state == State.COMMITTED);
    }

    private void crash() {
        for (CrashPoint point : lineup.contender().get().crashPoints(Stage.PEERS)) {
            for (int seed = 1; seed <= seeds; seed++) {
                crash(point, seed);
            }
            boolean blocks = crashes.getOrDefault(point.name(), Set.of()).equals(Set.of("blocks"));
            boolean claimed = lineup.blockingCrashes().contains(point.name());
            expect(blocks == claimed, point + ": " + crashes.get(point.name()) + ", claimed to block: " + claimed);
        }
    }

    private void crash(CrashPoint point, int seed) {
        try (Stage stage = Stage.simulated(lineup.contender().get(), seed)) {
            point.on(stage);
            Outcome outcome = stage.play();
            runs++;
            expect(stage.allHappened(), point + ", seed " + seed + ": no such point was reached");
            expect(!outcome.isSplit(), point + ", seed " + seed + ": " + outcome.describe());
            crashes.computeIfAbsent(point.name(), name -> new TreeSet<>()).add(outcome.verdict());
        }
    }

    private void part() {
        for (PartitionPoint point : PartitionPoint.values()) {
            for (int seed = 1; seed <= seeds; seed++) {
                Contender contender = lineup.contender().get();
                try (Stage stage = Stage.simulated(contender, seed)) {
                    stage.parting(PartitionPoint.near(Stage.PEERS), point.moment(contender.phases(), Stage.PEERS));
                    Parted parted = new Parted(stage.play(), stage.heal());
                    runs++;
                    expect(stage.allHappened(), point + ", seed " + seed + ": no such moment was reached");
                    judge(point, seed, parted);
                }
            }
        }
    }

    private void judge(PartitionPoint point, int seed, Parted parted) {
        String what = "partition when " + point.words() + ", seed " + seed + ": "
                + parted.during().describe() + ", then " + parted.healed().describe();
        boolean splits = lineup.splitting().contains(point);
        expect(parted.healed().isSplit() == splits, what + ", claimed to split: " + splits);
        expect(parted.during().isBlocked() == lineup.blocking().contains(point), what + ", as to blocking");
        expect(!parted.healed().isBlocked(), what + ", and somebody is in doubt though all is healed");
        partitions.putIfAbsent(point, parted);
    }

    /** Any two sides, at any moment. */
    private void partAtRandom() {
        for (int seed = 1; seed <= seeds * PARTITIONS_PER_SEED; seed++) {
            Random random = new Random(seed);
            int side = 1 + random.nextInt((1 << Stage.PEERS.size()) - 2);
            List<String> peers = Stage.PEERS.stream()
                    .filter(peer -> (side >> Stage.PEERS.indexOf(peer) & 1) != 0)
                    .toList();
            String at = Stage.PEERS.get(random.nextInt(2));
            // What happens there in a run without faults: sent, sent, answered four times a phase; or arrived, handled.
            int events = rounds() * (at.equals("n1") ? 12 : 2);
            part(peers, Moment.anyAt(at, phases(), 1 + random.nextInt(events)), seed);
        }
    }

    private void part(List<String> side, Moment moment, int seed) {
        try (Stage stage = Stage.simulated(lineup.contender().get(), seed)) {
            Outcome during = stage.parting(side, moment).play();
            boolean parted = stage.allHappened();
            Outcome healed = stage.heal();
            runs++;
            randomPartitions += parted ? 1 : 0;
            randomInDoubt += during.isBlocked() ? 1 : 0;
            boolean majorityWaits = during.inDoubt().stream().anyMatch(majority(side)::contains);
            majorityInDoubt += majorityWaits ? 1 : 0;
            randomSplits += healed.isSplit() ? 1 : 0;
            String what = "a partition " + side + " with seed " + seed + ": " + healed.describe();
            expect(!healed.isBlocked(), what + ", in doubt though all is healed");
            expect(!healed.isSplit() || !lineup.splitting().isEmpty(), what);
            expect(!majorityWaits || !lineup.blockingCrashes().isEmpty(), what + ", and before " + during.describe());
        }
    }

    private static List<String> majority(List<String> side) {
        return side.size() > Stage.PEERS.size() / 2
                ? side
                : Stage.PEERS.stream().filter(peer -> !side.contains(peer)).toList();
    }

    // ---- what was found

    String title() {
        return lineup.title();
    }

    long requests() {
        return requests;
    }

    int rounds() {
        return phases().size();
    }

    private List<Kind> phases() {
        return lineup.contender().get().phases();
    }

    Duration meanTime() {
        return took.dividedBy(seeds);
    }

    Map<String, Set<String>> crashes() {
        return crashes;
    }

    List<String> blockingCrashes() {
        return crashes.keySet().stream()
                .filter(name -> crashes.getOrDefault(name, Set.of()).contains("blocks"))
                .toList();
    }

    String crashed(String point) {
        return crashes.containsKey(point) ? String.join("/", crashes.getOrDefault(point, Set.of())) : "-";
    }

    Map<PartitionPoint, Parted> partitions() {
        return partitions;
    }

    int randomPartitions() {
        return randomPartitions;
    }

    int randomSplits() {
        return randomSplits;
    }

    int randomInDoubt() {
        return randomInDoubt;
    }

    int majorityInDoubt() {
        return majorityInDoubt;
    }

    /** What is not as claimed; empty if all is well. */
    List<String> surprises() {
        return surprises;
    }

    String toJson() {
        return String.format(
                Locale.ROOT,
                "{\"requests\":%d,\"crashPoints\":%d,\"blockingCrashPoints\":%d,\"partitions\":%d,\"inDoubt\":%d,\"majorityInDoubt\":%d,\"splits\":%d,"
                        + "\"runs\":%d,\"surprises\":%d}",
                requests,
                crashes.size(),
                blockingCrashes().size(),
                randomPartitions,
                randomInDoubt,
                majorityInDoubt,
                randomSplits,
                runs,
                surprises.size());
    }
}
