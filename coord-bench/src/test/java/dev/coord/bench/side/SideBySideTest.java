package dev.coord.bench.side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.bench.Load;
import dev.coord.bench.side.Bar.Outcome;
import dev.coord.bench.side.Bar.Quantity;
import dev.coord.bench.side.Bar.Verdict;
import dev.coord.bench.side.Stage.Task;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SideBySideTest {
    private static final Path HERE = Path.of(".");
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Task PUT = new Task("put.1", List.of(Figure.RATE, Figure.LATENCY), List.of(Contestant.COORD));
    private static final Quantity COORD = new Quantity(Contestant.COORD, "put.1", Figure.RATE);
    private static final Quantity ZOOKEEPER = new Quantity(Contestant.ZOOKEEPER, "put.1", Figure.RATE);
    private static final Quantity ETCD = new Quantity(Contestant.ETCD, "put.1", Figure.RATE);

    private final Results results = new Results();

    private void measured(Contestant who, double perSecond) {
        results.note(who, "put.1", new Load.Figures(perSecond, 1e6 / perSecond, 2e6 / perSecond));
    }

    @Test
    void median_isThatOfTheRounds() {
        measured(Contestant.COORD, 300);
        measured(Contestant.COORD, 100);
        measured(Contestant.COORD, 200);
        assertThat(COORD.in(results)).hasValue(200);
        assertThat(results.median(Contestant.COORD, "put.1", Figure.LATENCY)).hasValue(5);
        assertThat(results.median(Contestant.COORD, "put.1", Figure.TAIL)).hasValue(10);
        assertThat(results.median(Contestant.COORD, "put.16", Figure.RATE)).isEmpty();
        assertThat(results.spread(Contestant.COORD, "put.1", Figure.RATE)).isEqualTo(3);
    }

    @Test
    void atLeast_comparesWithTheMostOfTheOthers() {
        measured(Contestant.ZOOKEEPER, 10);
        measured(Contestant.ETCD, 20);
        measured(Contestant.COORD, 40);
        assertThat(Bar.atLeast("twice", COORD, 2, ZOOKEEPER, ETCD)
                        .judge(results)
                        .outcome())
                .isEqualTo(Outcome.MET);
        Verdict missed = Bar.atLeast("more", COORD, 2.1, ZOOKEEPER, ETCD).judge(results);
        assertThat(missed.outcome()).isEqualTo(Outcome.MISSED);
        assertThat(missed.bound()).hasValue(42);
        assertThat(missed.ratio()).hasValue(2);
    }

    @Test
    void atMost_comparesWithTheLeastOfTheOthers() {
        measured(Contestant.ZOOKEEPER, 30);
        measured(Contestant.ETCD, 20);
        measured(Contestant.COORD, 21);
        assertThat(Bar.atMost("no more", COORD, 1, ZOOKEEPER, ETCD)
                        .judge(results)
                        .outcome())
                .isEqualTo(Outcome.MISSED);
        assertThat(Bar.atMost("no more", COORD, 1, ZOOKEEPER).judge(results).outcome())
                .isEqualTo(Outcome.MET);
    }

    @Test
    void fixedBound_needsNoOthers() {
        measured(Contestant.COORD, 21);
        assertThat(Bar.atLeast("enough", COORD, 21).judge(results).outcome()).isEqualTo(Outcome.MET);
        assertThat(Bar.atMost("too much", COORD, 20).judge(results).outcome()).isEqualTo(Outcome.MISSED);
    }

    @Test
    void anAbsentSystem_leavesTheBarUndecided_evenIfAnotherIsThere() {
        measured(Contestant.COORD, 1000);
        measured(Contestant.ZOOKEEPER, 1);
        Verdict verdict =
                Bar.atLeast("the better of", COORD, 2, ZOOKEEPER, ETCD).judge(results);
        assertThat(verdict.outcome()).isEqualTo(Outcome.NOT_MEASURED);
        assertThat(Tables.bars(List.of(verdict)).markdown().get(2)).contains("| at least ? |", "NOT_MEASURED");
    }

    @Test
    void everyBar_comparesWhatIsScheduled() {
        Set<Results.Cell> scheduled = Schedule.stages(false).stream()
                .flatMap(stage -> stage.tasks().stream())
                .flatMap(task -> task.who().stream().map(who -> new Results.Cell(who, task.work())))
                .collect(Collectors.toSet());
        assertThat(scheduled).containsAll(Bars.cells());
    }

    @Test
    void everyCell_isScheduledOnce() {
        assertThat(Schedule.stages(false).stream()
                        .flatMap(stage -> stage.tasks().stream())
                        .flatMap(task -> task.who().stream().map(who -> new Results.Cell(who, task.work()))))
                .doesNotHaveDuplicates();
    }

    @Test
    void report_endsWithALineForPrograms_andTellsWhatWasNotMeasured() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Report report = new Report(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        report.note(Contestant.COORD, PUT, new Load.Figures(1234, 800, 900));
        report.complain("LEFT OUT: etcd: not there");
        assertThat(report.conclude(settings(Optional.empty()))).isTrue();
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).anyMatch(line -> line.startsWith("*** LEFT OUT: etcd"));
        assertThat(lines.get(lines.size() - 1))
                .startsWith("RESULT {\"work\":\"sides\"")
                .contains(
                        "\"COORD put.1\":{\"perSecond\":1234.0,\"p50Millis\":0.8000,\"p99Millis\":0.9000,\"spread\":1.00}")
                .contains("\"missed\":[],\"notMeasured\":[\"put, 1 in flight: p50 no worse than ZooKeeper's\"")
                .endsWith("\"passed\":true}");
    }

    @Test
    void report_ofAFailure_isNoPass() throws Exception {
        Report report = new Report(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        report.complain("FAILED: ZooKeeper did not start");
        assertThat(report.conclude(settings(Optional.empty()))).isFalse();
    }

    @Test
    void report_ofAMissedBar_isNoPass() throws Exception {
        Report report = new Report(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        report.note(Contestant.COORD, PUT, new Load.Figures(1000, 1000, 1000));
        report.note(Contestant.JRAFT, PUT, new Load.Figures(2000, 500, 500));
        assertThat(report.conclude(settings(Optional.empty()))).isFalse();
    }

    @Test
    void documents_replaceWhatWasMeasured_andKeepTheRest(@TempDir Path directory) throws Exception {
        Path page = directory.resolve(Documents.PAGE);
        Files.writeString(page, "before\n" + Documents.BEGIN + "\nformer figures\n" + Documents.END + "\nafter\n");
        Report report = new Report(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        report.note(Contestant.COORD, PUT, new Load.Figures(1234, 800, 900));
        report.conclude(settings(Optional.of(directory)));
        assertThat(Files.readString(page))
                .startsWith("before\n" + Documents.BEGIN)
                .endsWith(Documents.END + "\nafter\n")
                .contains("| put.1 | 1,234/s · 0.800 ms |")
                .doesNotContain("former figures");
        byte[] chart = Files.readAllBytes(directory.resolve(Documents.CHART));
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(chart))
                        .getElementsByTagName("rect")
                        .getLength())
                .isEqualTo(2);
    }

    @Test
    void growth_isTheCostOfTheMostToTheLeast() {
        results.note(Contestant.COORD, "put.256@1000-keys", Load.Figures.of(3000));
        results.note(Contestant.COORD, "put.256@1000000-keys", Load.Figures.of(1500));
        assertThat(new Tables(results).all().get(0).markdown())
                .containsExactly(
                        "| keys | 1,000 | 1,000,000 | cost of the most to the least |",
                        "| --- | --- | --- | --- |",
                        "| put.256 | 3,000/s | 1,500/s | 2.00 times |");
    }

    @Test
    void text_isAsWideAsItMustBe() {
        assertThat(new Table(List.of("a", "bb"), List.of(List.of("ccc", "d"))).text())
                .containsExactly("a    bb", "ccc  d ");
    }

    @Test
    void aPageWithoutMarks_isNotTouched() {
        assertThatThrownBy(() -> Documents.replace("nothing here", "new"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(Documents.BEGIN);
    }

    @Test
    void settings_areRefusedWithAReason() {
        assertThatThrownBy(() -> new SideSettings(true, SHORT, SHORT, SHORT, 0, List.of(), HERE, Optional.empty()))
                .hasMessage("-Dbench.rounds=0; there must be one at least");
        assertThatThrownBy(
                        () -> new SideSettings(true, SHORT, Duration.ZERO, SHORT, 1, List.of(), HERE, Optional.empty()))
                .hasMessageContaining("0.1 (seconds) at least, not PT0S");
        SideSettings unknown =
                new SideSettings(true, SHORT, SHORT, SHORT, 1, List.of("nothing"), HERE, Optional.empty());
        assertThatThrownBy(() -> new SideBySide(unknown, System.out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("-Dbench.stages=nothing; there are [operations");
    }

    private static SideSettings settings(Optional<Path> documents) {
        return new SideSettings(false, SHORT, SHORT, SHORT, 1, List.of(), HERE, documents);
    }
}
