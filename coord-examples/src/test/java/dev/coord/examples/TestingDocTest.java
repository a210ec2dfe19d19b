package dev.coord.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests shown in docs/testing.md are those that run here, but for their imports. */
class TestingDocTest {
    private static final Path MODULE =
            Path.of(System.getProperty("basedir", ".")).toAbsolutePath();

    @ParameterizedTest
    @ValueSource(strings = {"ZombieLeaderTest", "PauseTest", "PartitionTest"})
    void document_holdsTheCompiledTest(String name) throws IOException {
        String source = Files.readString(MODULE.resolve("src/test/java/dev/coord/examples/testing/" + name + ".java"));
        String test = source.substring(source.indexOf("class " + name + " {"));

        assertThat(Files.readString(MODULE.resolveSibling("docs").resolve("testing.md")))
                .contains("```java\n" + test + "```\n");
    }
}
