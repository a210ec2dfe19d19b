package dev.coord.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The code in some documents is what compiles here: each block is the body of a method, in the same order. */
class SnippetsDocTest {
    private static final Path MODULE =
            Path.of(System.getProperty("basedir", ".")).toAbsolutePath();
    private static final Pattern BODY =
            Pattern.compile("^    static .*?\\{\n(.*?)^    }$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern BLOCK = Pattern.compile("^```java\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    @ParameterizedTest
    @CsvSource({
        "transactions.md, transactions/TransactionSnippets",
        "operations.md, operations/OperationSnippets",
        "detectors.md, detectors/DetectorSnippets",
        "metrics.md, metrics/MetricsSnippets"
    })
    void document_holdsTheCompiledCode(String name, String source) throws IOException {
        Path snippets = MODULE.resolve("src/test/java/dev/coord/examples/" + source + ".java");
        Path document = MODULE.resolveSibling("docs").resolve(name);
        List<String> compiled = all(BODY, Files.readString(snippets));
        assertThat(all(BLOCK, Files.readString(document))).isNotEmpty().isEqualTo(compiled);
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(found -> found.group(1).stripTrailing().stripIndent())
                .toList();
    }
}
