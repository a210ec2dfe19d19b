package dev.coord.examples.comingfrom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The middle column of docs/coming-from.md is what compiles here: each row's code is a method's, in the same order. */
class ComingFromDocTest {
    private static final Path MODULE =
            Path.of(System.getProperty("basedir", ".")).toAbsolutePath();
    private static final Pattern BODY =
            Pattern.compile("^    static .*?\\{\n(.*?);\n    }$", Pattern.DOTALL | Pattern.MULTILINE);

    @ParameterizedTest
    @CsvSource({
        "Curator, FromCurator",
        "Hazelcast CP, FromHazelcast",
        "jetcd, FromJetcd",
        "Atomix, FromAtomix",
        "Redisson, FromRedisson",
        "Without a counterpart, FromNowhere"
    })
    void document_holdsTheCompiledCalls(String section, String type) throws IOException {
        String source =
                Files.readString(MODULE.resolve("src/test/java/dev/coord/examples/comingfrom/" + type + ".java"));
        List<String> compiled = BODY.matcher(source)
                .results()
                .map(body -> body.group(1).strip().replaceFirst("^return ", ""))
                .map(ComingFromDocTest::withoutSpace)
                .toList();

        assertThat(rows(section)).isNotEmpty().isEqualTo(compiled);
    }

    private static List<String> rows(String section) throws IOException {
        return Files.readAllLines(MODULE.resolveSibling("docs").resolve("coming-from.md")).stream()
                .dropWhile(line -> !line.equals("## " + section))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .map(line -> line.split(" \\| ", -1)[1])
                .filter(cell -> cell.startsWith("`"))
                .map(cell -> withoutSpace(cell.substring(1, cell.length() - 1)))
                .toList();
    }

    private static String withoutSpace(String code) {
        return code.replaceAll("\\s+", "");
    }
}
