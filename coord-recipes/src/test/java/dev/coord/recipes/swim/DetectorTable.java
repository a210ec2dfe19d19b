package dev.coord.recipes.swim;

import dev.coord.recipes.detector.DetectorConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The detectors that are measured, and what they must come to. */
final class DetectorTable {
    static final int DEADLINE = 0;
    static final int PHI = 1;
    static final int SWIM = 2;
    static final int LIFEGUARD = 3;
    private static final List<String> NAMES = List.of("deadline 5 s", "phi 8", "SWIM", "SWIM+Lifeguard");
    private static final long SEED = 20_261_126;

    /** Lifeguard's claim. */
    static final double FEWER = 50;

    /** A line of the table. */
    record Row(int detector, Conditions conditions, Tally tally) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%-15s %s  %s", name(), conditions, tally.row());
        }

        String name() {
            return NAMES.get(detector);
        }

        String toJson() {
            return String.format(
                    Locale.ROOT,
                    "{\"detector\":\"%s\",\"jitter\":%d,\"loss\":%.2f,\"firstP50\":%.2f,\"firstP99\":%.2f,\"allP50\":%.2f,"
                            + "\"allP99\":%.2f,\"deaths\":%d,\"missed\":%d,\"falsePositives\":%d,"
                            + "\"messagesPerMemberSecond\":%.3f,\"hours\":%.1f}",
                    name(),
                    conditions.jitter(),
                    conditions.loss(),
                    tally.first(0.5),
                    tally.first(0.99),
                    tally.last(0.5),
                    tally.last(0.99),
                    tally.crashes(),
                    tally.missed,
                    tally.falsePositives,
                    tally.messagesPerMemberAndSecond(),
                    tally.hours());
        }
    }

    private DetectorTable() {}

    static String head() {
        return String.format(Locale.ROOT, "%-15s %8s  %s", "detector", "jit loss", Tally.head());
    }

    static List<Conditions> conditions() {
        List<Conditions> all = new ArrayList<>();
        for (int jitter : new int[] {1, 3}) {
            for (double loss : new double[] {0, 0.05, 0.2}) {
                all.add(new Conditions(jitter, loss));
            }
        }
        return all;
    }

    static Row measure(int detector, Conditions conditions, long nanos) {
        Tally tally = switch (detector) {
            case DEADLINE ->
                new HeartbeatTrial(DetectorConfig.deadline(Duration.ofSeconds(5)), conditions, SEED).run(nanos);
            case PHI -> new HeartbeatTrial(DetectorConfig.phi(), conditions, SEED).run(nanos);
            case SWIM -> new SwimTrial(SwimConfig.lan().withoutLifeguard(), conditions, SEED).run(nanos);
            default -> new SwimTrial(SwimConfig.lan(), conditions, SEED).run(nanos);
        };
        return new Row(detector, conditions, tally);
    }

    static StallTrial.Outcome stalls(SwimConfig config, long nanos) {
        return new StallTrial(config, SEED).run(nanos);
    }

    /** How many times fewer; none at all counts as one. */
    static double ratio(StallTrial.Outcome without, StallTrial.Outcome with) {
        return without.atAll() / (double) Math.max(1, with.atAll());
    }

    /** What falls short, in lines. */
    static List<String> shortcomings(List<Row> rows) {
        List<String> wrong = new ArrayList<>();
        for (Row row : rows) {
            if (row.tally().missed > 0) {
                wrong.add(row.name() + " at " + row.conditions() + " missed " + row.tally().missed + " deaths");
            }
            boolean mistaken = row.tally().falsePositives > 0;
            boolean mayBe =
                    row.detector() == SWIM || row.conditions().loss() > (row.detector() == LIFEGUARD ? 0.05 : 0);
            if (mistaken && !mayBe) {
                wrong.add(row.name() + " at " + row.conditions() + " took the living for dead "
                        + row.tally().falsePositives + " times");
            }
        }
        return wrong;
    }

    /** The same of Lifeguard's claim; whoever accuses nobody would pass, so deaths must be found as well. */
    static List<String> shortcomings(StallTrial.Outcome without, StallTrial.Outcome with) {
        List<String> wrong = new ArrayList<>();
        if (ratio(without, with) < FEWER) {
            wrong.add("with Lifeguard only " + ratio(without, with) + " times fewer");
        }
        if (with.missed() > 0 || with.deaths() == 0) {
            wrong.add("with Lifeguard healthy members missed " + with.missed() + " of " + with.deaths() + " deaths");
        }
        return wrong;
    }
}
