package dev.coord.examples.threephase;

import java.io.PrintStream;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts commit protocols through the same faults, in simulated time: none, a crash at every step of the coordinator, of a participant
 * and of an elected process, and partitions. It shows that two-phase commit blocks where it is known to; that three-phase commit does
 * not, but a partition splits it; and that Coord's, whose decision is a record in the replicated store, is neither split nor blocked
 * where a majority is. Ends with a line {@code RESULT} and one JSON object; exits with 1 if anything is not as claimed.
 *
 * <p>Run it with {@code mvn -q -Pdemo -DskipTests verify -Ddemo.main=dev.coord.examples.threephase.ThreePhaseStory}.
 */
public final class ThreePhaseStory {
    private static final int SEEDS = 20;

    /** More are not printed, but counted. */
    private static final int MOST = 40;

    private final PrintStream out;
    private final List<Findings> findings;

    private ThreePhaseStory(PrintStream out, List<Findings> findings) {
        this.out = out;
        this.findings = findings;
    }

    /**
     * Runs the story.
     *
     * @param args with how many seeds each fault is played, by default 20; 1 to 10,000
     */
    public static void main(String[] args) {
        System.exit(run(System.out, args.length > 0 ? Integer.parseInt(args[0]) : SEEDS, Lineup.all()));
    }

    static int run(PrintStream out, int seeds, List<Lineup> lineups) {
        if (seeds < 1 || seeds > 10_000) {
            throw new IllegalArgumentException(seeds + " seeds; there may be 1 to 10,000");
        }
        List<Findings> findings =
                lineups.stream().map(lineup -> Findings.of(lineup, seeds)).toList();
        return new ThreePhaseStory(out, findings).tell();
    }

    private int tell() {
        out.println("Five processes, the first the coordinator; a message takes up to " + Stage.LONGEST_DELAY.toMillis()
                + " ms. Their states:");
        out.println("q has not voted, w has voted yes and is in doubt, p pre-committed, c committed, a aborted.");
        out.println();
        withoutFault();
        crashes();
        partitions();
        List<String> surprises =
                findings.stream().flatMap(each -> each.surprises().stream()).toList();
        surprises.stream().limit(MOST).forEach(surprise -> out.println("NOT AS CLAIMED: " + surprise));
        out.println(surprises.isEmpty() ? "All is as claimed." : surprises.size() + " things are not as claimed.");
        out.println("RESULT {" + json() + ",\"ok\":" + surprises.isEmpty() + "}");
        return surprises.isEmpty() ? 0 : 1;
    }

    private String json() {
        return findings.stream()
                .map(each -> "\"" + each.title() + "\":" + each.toJson())
                .collect(Collectors.joining(","));
    }

    private void withoutFault() {
        row("no fault", Findings::title);
        row("rounds", each -> Integer.toString(each.rounds()));
        row("requests, each answered", each -> Long.toString(each.requests()));
        row("until all know", each -> each.meanTime().toMillis() + " ms");
        out.println();
    }

    private void crashes() {
        row("crash of", Findings::title);
        Set<String> names = new LinkedHashSet<>();
        findings.stream()
                .map(each -> each.crashes().keySet())
                .sorted(Comparator.comparing((Set<String> points) -> points.size())
                        .reversed())
                .forEach(names::addAll);
        names.forEach(name -> row(name, each -> each.crashed(name)));
        out.println();
    }

    private void partitions() {
        row("partition n1 n2 | n3 n4 n5 when", Findings::title);
        for (PartitionPoint point : PartitionPoint.values()) {
            row(point.words(), each -> sides(each.partitions().get(point)));
            row("", each -> word(each.partitions().get(point)));
        }
        row("any partition, any moment: of", each -> Integer.toString(each.randomPartitions()));
        row("  somebody in doubt until healed", each -> Integer.toString(each.randomInDoubt()));
        row("  of them on the majority's side", each -> Integer.toString(each.majorityInDoubt()));
        row("  split", each -> Integer.toString(each.randomSplits()));
        out.println();
    }

    private static String sides(Findings.@Nullable Parted parted) {
        return parted == null
                ? "-"
                : parted.during().letters(PartitionPoint.near(Stage.PEERS)) + " | "
                        + parted.during().letters(PartitionPoint.far(Stage.PEERS));
    }

    private static String word(Findings.@Nullable Parted parted) {
        return parted == null ? "-" : parted.word();
    }

    private void row(String name, Function<Findings, String> cell) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-50s", name));
        findings.forEach(each -> line.append(String.format(Locale.ROOT, "%-22s", cell.apply(each))));
        out.println(line.toString().stripTrailing());
    }
}
