package dev.coord.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BenchTest {
    private static final Duration SHORT = Duration.ofMillis(100);

    @Test
    void unknownWork_isRefused_withTheKnownOnes() {
        assertThatThrownBy(() -> Bench.program("commits"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no work 'commits' to measure; -Dbench.work is one of [commit, metrics, micro, sides]");
    }

    @Test
    void settingsOutOfBounds_areRefused() {
        assertThatThrownBy(() -> new BenchSettings(Duration.ofMillis(99), SHORT, 1, ""))
                .hasMessage("-Dbench.warmup is PT0.099S; at least 0.1 (seconds)");
        assertThatThrownBy(() -> new BenchSettings(SHORT, Duration.ZERO, 1, ""))
                .hasMessage("-Dbench.window is PT0S; at least 0.1 (seconds)");
        assertThatThrownBy(() -> new BenchSettings(SHORT, SHORT, 0, ""))
                .hasMessage("-Dbench.rounds=0; there must be one at least");
        assertThatThrownBy(() -> new BenchSettings(SHORT, SHORT, 1, "oracle"))
                .hasMessage("-Dbench.databases=oracle; it is postgresql or h2, or left out");
    }

    @Test
    @Timeout(120)
    void metrics_areMeasuredInTurns() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        MetricsBench.run(new BenchSettings(SHORT, SHORT, 1, ""), new PrintStream(bytes, true, StandardCharsets.UTF_8));
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.get(lines.size() - 1))
                .startsWith("RESULT {\"work\":\"metrics\",\"plainPerSecond\":")
                .doesNotContain("PerSecond\":0,")
                .contains("\"pairs\":8");
    }

    /** Whether the bars are met is no matter of a tenth of a second; that all is there in the end is. */
    @Test
    @Timeout(240)
    void commit_measuresAll_andFindsWhatWasAcknowledged() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CommitBench.run(
                new BenchSettings(SHORT, SHORT, 1, Databases.H2), new PrintStream(bytes, true, StandardCharsets.UTF_8));
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).anyMatch(line -> line.startsWith("*** NOT ON PostgreSQL"));
        for (CommitContender who : CommitContender.values()) {
            assertThat(lines).filteredOn(line -> line.contains(who.title)).hasSize(18);
        }
        assertThat(lines.get(lines.size() - 1))
                .startsWith("RESULT {\"work\":\"commit\",\"databases\":\"h2\"")
                .contains("\"exact\":true");
    }
}
