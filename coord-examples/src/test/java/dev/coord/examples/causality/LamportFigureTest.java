package dev.coord.examples.causality;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LamportFigureTest {
    private static final Path DRAWING = Path.of(System.getProperty("basedir", "."))
            .toAbsolutePath()
            .resolveSibling("docs")
            .resolve("lamport-1978.svg");

    private final ByteArrayOutputStream story = new ByteArrayOutputStream();

    @Test
    void figure_isToldAndDrawnAsInTheDocument(@TempDir Path directory) throws Exception {
        Path drawing = directory.resolve("new/figure.svg");
        int status = run(drawing);
        assertThat(story.toString(StandardCharsets.UTF_8))
                .contains("checked: p1 BEFORE r4: through q2, q4 and r3")
                .contains("checked: p2 CONCURRENT q3")
                .contains("checked: p3 CONCURRENT q3")
                .contains("All is well")
                .doesNotContain("FAILED");
        assertThat(status).isZero();
        assertThat(drawing).hasSameTextualContentAs(DRAWING);
    }

    @Test
    void fileThatCannotBeWritten_isAFailure(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(run(file.resolve("figure.svg"))).isOne();
        assertThat(story.toString(StandardCharsets.UTF_8)).contains("FAILED");
    }

    private int run(Path drawing) {
        return LamportFigure.run(new PrintStream(story, true, StandardCharsets.UTF_8), drawing);
    }
}
