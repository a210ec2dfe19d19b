package dev.coord.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.bench.micro.Ceiling.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MicroBenchTest {
    private static final String PACKAGE = "dev.coord.bench.micro.";

    private final MicroReport report = new MicroReport();

    private static List<String> titles(boolean quick, String include) {
        return Catalogue.of(new MicroSettings(quick, Pattern.compile(include))).stream()
                .map(Operation::title)
                .toList();
    }

    private static Operation operation(String method, Map<String, String> parameters) {
        return new Operation(PACKAGE + method, new TreeMap<>(parameters));
    }

    @Test
    void shortRun_hasEachOperation_withTheLeastOfItsSizes() {
        assertThat(titles(true, ""))
                .containsExactlyInAnyOrder(
                        "Clock.hybridNow",
                        "Clock.lamportTick",
                        "Codec.decode",
                        "Codec.decodeOf256",
                        "Codec.encode",
                        "Codec.encodeOf256",
                        "Codec.snapshotOf1000",
                        "Detector.phi",
                        "Detector.phiHeartbeat",
                        "Peer.getSequential keys=1000",
                        "Store.compareAndSet keys=1000",
                        "Store.put keys=1000",
                        "Store.putOf256 keys=1000",
                        "Store.transactionOf8 keys=1000",
                        "Vector.treeEvent members=3",
                        "Vector.treeJoin members=3",
                        "Vector.vectorCompare members=3",
                        "Vector.vectorMerge members=3",
                        "View.get keys=1000",
                        "View.getAtPastRevision keys=1000",
                        "View.rangeOf100 keys=1000",
                        "Watch.keyHit watches=1",
                        "Watch.keyMiss watches=1",
                        "Watch.prefixHit watches=1",
                        "Watch.prefixMiss watches=1");
    }

    @Test
    void fullRun_hasAllSizes() {
        assertThat(titles(false, "^Watch.keyHit"))
                .containsExactly("Watch.keyHit watches=1", "Watch.keyHit watches=1000", "Watch.keyHit watches=100000");
        assertThat(titles(false, "")).hasSize(45).containsAll(titles(true, ""));
    }

    @Test
    void bars_areOfOperationsThatThereAre() {
        List<String> all = titles(false, "");
        for (Ceiling ceiling : Ceiling.ALL) {
            assertThat(all).contains(ceiling.measured());
            ceiling.per().ifPresent(per -> assertThat(all).contains(per));
        }
    }

    @Test
    void allocation_isJudged() {
        Ceiling nothing = Ceiling.ALL.get(0);
        String get = nothing.measured();
        assertThat(nothing.judge(Map.of())).isEqualTo(Outcome.NOT_MEASURED);
        assertThat(nothing.judge(Map.of(get, new Measured(1, 1, 0.01)))).isEqualTo(Outcome.MET);
        assertThat(nothing.judge(Map.of(get, new Measured(1, 1, 16)))).isEqualTo(Outcome.MISSED);
    }

    @Test
    void growth_isJudged_onceBothSizesAreMeasured() {
        Ceiling flat = Ceiling.ALL.get(Ceiling.ALL.size() - 1);
        Measured one = new Measured(20, 1, 0);
        String less = flat.per().orElseThrow();
        assertThat(flat.judge(Map.of(flat.measured(), one))).isEqualTo(Outcome.NOT_MEASURED);
        assertThat(flat.judge(Map.of(flat.measured(), new Measured(40, 1, 0), less, one)))
                .isEqualTo(Outcome.MET);
        assertThat(flat.judge(Map.of(flat.measured(), new Measured(2_000, 1, 0), less, one)))
                .isEqualTo(Outcome.MISSED);
    }

    @Test
    void resultLine_tellsAll() {
        report.note(operation("ViewBenchmarks.get", Map.of("keys", "1000")), new Measured(50.1234, Double.NaN, 24));
        report.noteFailed(operation("ClockBenchmarks.hybridNow", Map.of()));
        assertThat(report.json(true))
                .startsWith("{\"work\":\"micro\",\"quick\":true,\"operations\":{\"View.get keys=1000\":"
                        + "{\"nanos\":50.123,\"error\":null,\"bytes\":24.000}},\"failed\":[\"Clock.hybridNow\"],"
                        + "\"missed\":[\"a key of 1,000 is looked up without allocation\"],\"notMeasured\":[\"")
                .endsWith("\"],\"passed\":false}");
    }

    @Test
    void run_passes_ifAllIsMet_andNotIfSomethingFailed() {
        assertThat(report.passed()).as("nothing measured").isFalse();
        report.note(operation("ViewBenchmarks.get", Map.of("keys", "1000")), new Measured(50, 1, 0));
        assertThat(report.passed()).isTrue();
        report.noteFailed(operation("ClockBenchmarks.hybridNow", Map.of()));
        assertThat(report.passed()).isFalse();
    }

    @Test
    void table_comparesSizes() {
        report.note(operation("ViewBenchmarks.get", Map.of("keys", "1000")), new Measured(50, 1, 0));
        report.note(operation("ViewBenchmarks.get", Map.of("keys", "1000000")), new Measured(175, 1, 0));
        assertThat(report.operations().text())
                .containsExactly(
                        "operation  of            ns/op  ±    B/op  to the first size",
                        "View.get   keys=1000     50.0   1.0  0.0                    ",
                        "View.get   keys=1000000  175.0  1.0  0.0   3.5 times        ");
    }

    /** A tenth of a second says little of the time, but all of what is allocated and of whether JMH finds its way. */
    @Test
    @Timeout(120)
    void operation_isMeasuredInAJvmOfItsOwn() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        assertThat(new MicroBench(new MicroSettings(true, Pattern.compile("^View.get ")), out).run())
                .as(bytes.toString(StandardCharsets.UTF_8))
                .isTrue();
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.get(lines.size() - 1))
                .startsWith(
                        "RESULT {\"work\":\"micro\",\"quick\":true,\"operations\":{\"View.get keys=1000\":{\"nanos\":")
                .contains("\"failed\":[],\"missed\":[]")
                .endsWith("\"passed\":true}");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100, 1_000, 65_536})
    void walk_passesEachNumberOnceInARound(int size) {
        Walk walk = new Walk(size);
        for (int round = 0; round < 2; round++) {
            assertThat(IntStream.generate(walk::next).limit(size).sorted())
                    .containsExactlyElementsOf(IntStream.range(0, size).boxed().toList());
        }
    }
}
