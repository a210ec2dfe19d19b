package dev.coord.examples.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** docs/metrics.md lists what is registered, all of it and nothing else. */
@Timeout(120)
class MetricsDocTest {
    private static final Path MODULE =
            Path.of(System.getProperty("basedir", ".")).toAbsolutePath();
    private static final Pattern ROW =
            Pattern.compile("^\\| `([a-z.]+)` \\| (\\w+) \\| (`[`a-z, ]+`) \\| [^|]+ \\|$", Pattern.MULTILINE);
    private static final Pattern ANY_ROW = Pattern.compile("^\\| `.*$", Pattern.MULTILINE);

    private static String document() throws IOException {
        return Files.readString(MODULE.resolveSibling("docs").resolve("metrics.md"));
    }

    @Test
    void table_isWhatIsRegistered_byAllBindersOnARunningCluster() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Everything everything = new Everything(registry)) {
            everything.start();
            Set<String> registered = registry.getMeters().stream()
                    .map(MetricsDocTest::row)
                    .collect(Collectors.toCollection(TreeSet::new));
            List<String> listed =
                    ROW.matcher(document()).results().map(MetricsDocTest::row).toList();
            assertThat(listed)
                    .hasSameSizeAs(ANY_ROW.matcher(document()).results().toList());
            assertThat(listed).doesNotHaveDuplicates();
            assertThat(new TreeSet<>(listed)).isEqualTo(registered);
        }
    }

    private static String row(Meter meter) {
        return meter.getId().getName() + " "
                + meter.getId().getType().name().toLowerCase(Locale.ROOT) + " "
                + meter.getId().getTags().stream().map(Tag::getKey).sorted().collect(Collectors.joining(", "));
    }

    private static String row(MatchResult row) {
        return row.group(1) + " " + row.group(2) + " " + row.group(3).replace("`", "");
    }
}
