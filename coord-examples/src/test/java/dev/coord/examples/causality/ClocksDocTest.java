package dev.coord.examples.causality;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The blocks of docs/clocks.md are the bodies of {@link ClockSnippetsTest}, which run. */
class ClocksDocTest {
    private static final Path MODULE =
            Path.of(System.getProperty("basedir", ".")).toAbsolutePath();
    private static final Pattern BODY =
            Pattern.compile("^    void .*?\\{\n(.*?)^    }$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern BLOCK = Pattern.compile("^```java\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    @Test
    void document_holdsTheCompiledSnippets() throws IOException {
        String source =
                Files.readString(MODULE.resolve("src/test/java/dev/coord/examples/causality/ClockSnippetsTest.java"));
        String document = Files.readString(MODULE.resolveSibling("docs").resolve("clocks.md"));

        assertThat(found(BLOCK, document))
                .isNotEmpty()
                .isEqualTo(found(BODY, source).stream()
                        .map(body -> body.replaceAll("(?m)^ {8}", ""))
                        .toList());
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
