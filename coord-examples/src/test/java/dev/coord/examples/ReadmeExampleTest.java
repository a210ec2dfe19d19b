package dev.coord.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadmeExampleTest {
    private static final Path MODULE =
            Path.of(System.getProperty("basedir", ".")).toAbsolutePath();

    @Test
    void readme_holdsTheCompiledSample() throws IOException {
        List<String> source = between(
                MODULE.resolve("src/main/java/dev/coord/examples/ReadmeExample.java"),
                "        // README begins",
                "        // README ends");
        List<String> sample = source.stream().map(line -> line.substring(8)).toList();

        assertThat(between(MODULE.resolveSibling("README.md"), "```java", "```"))
                .isEqualTo(sample)
                .hasSize(12);
    }

    private static List<String> between(Path file, String begin, String end) throws IOException {
        return Files.readAllLines(file).stream()
                .dropWhile(line -> !line.equals(begin))
                .skip(1)
                .takeWhile(line -> !line.equals(end))
                .toList();
    }
}
