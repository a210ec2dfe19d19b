package dev.coord.recipes.assignment;

import java.time.Duration;
import java.util.List;

/** The options of an assignment. */
record Settings(
        List<String> partitions,
        Strategy strategy,
        int weight,
        Duration restartGrace,
        int movesAtOnce,
        Duration revokeWithin) {
    private static final double USUAL_BOUND = 1.25;
    private static final int USUAL_MOVES = 64;

    static final Settings USUAL = new Settings(
            List.of(),
            Strategy.rendezvous().boundedBy(USUAL_BOUND),
            1,
            Duration.ofSeconds(1),
            USUAL_MOVES,
            Duration.ofSeconds(30));

    Settings {
        partitions = List.copyOf(partitions);
    }

    /** What tells these partitions from others, as good as certainly; without blanks. */
    String partitionsMark() {
        return partitions.size() + "." + Integer.toHexString(partitions.hashCode());
    }

    /** A mark for people. */
    static String described(String mark) {
        return mark.replaceFirst("\\.", " partitions, in short ");
    }

    Settings withPartitions(List<String> changed) {
        return new Settings(changed, strategy, weight, restartGrace, movesAtOnce, revokeWithin);
    }

    Settings withStrategy(Strategy changed) {
        return new Settings(partitions, changed, weight, restartGrace, movesAtOnce, revokeWithin);
    }

    Settings withWeight(int changed) {
        return new Settings(partitions, strategy, changed, restartGrace, movesAtOnce, revokeWithin);
    }

    Settings withRestartGrace(Duration changed) {
        return new Settings(partitions, strategy, weight, changed, movesAtOnce, revokeWithin);
    }

    Settings withMovesAtOnce(int changed) {
        return new Settings(partitions, strategy, weight, restartGrace, changed, revokeWithin);
    }

    Settings withRevokeWithin(Duration changed) {
        return new Settings(partitions, strategy, weight, restartGrace, movesAtOnce, changed);
    }
}
