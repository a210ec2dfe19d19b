package dev.coord.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HistoryFileTest {

    private static String text(Recording recording) throws IOException {
        StringWriter out = new StringWriter();
        Lines.write(recording, out);
        return out.toString();
    }

    private static Recording read(String text) throws IOException {
        return Lines.read(new BufferedReader(new StringReader(text)));
    }

    /** What a run printed, and its exit code in front. */
    private static String run(String content) throws IOException {
        Path file = Files.createTempFile("history", ".jsonl");
        try {
            Files.writeString(file, content);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int code = HistoryCheck.run(
                    new String[] {file.toString(), "1", "100000"}, new PrintStream(out, true, StandardCharsets.UTF_8));
            return code + "\n" + out.toString(StandardCharsets.UTF_8);
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void history_writtenAndRead_isTheSame() throws IOException {
        for (long seed = 1; seed <= 50; seed++) {
            Recording recording = ClaimCheckTest.healthy(HealthyHistory.of(seed, 100), seed);
            String written = text(recording);
            Recording read = read(written);
            assertThat(text(read)).isEqualTo(written);
            assertThat(read.operations().toString())
                    .isEqualTo(recording.operations().toString());
            assertThat(read.tapes()).isEqualTo(recording.tapes());
            assertThat(read.holdings()).isEqualTo(recording.holdings());
            assertThat(read.claims()).isEqualTo(recording.claims());
            assertThat(read.incidents()).isEqualTo(recording.incidents());
        }
    }

    @Test
    void file_thatIsRight_exitsWithZero() throws IOException {
        String out = run(text(HealthyHistory.of(1, 100)));
        assertThat(out).startsWith("0\n");
        assertThat(out.lines().reduce((a, b) -> b))
                .hasValueSatisfying(last -> assertThat(last).startsWith("RESULT {\"verdict\":\"right\""));
    }

    @Test
    void file_thatIsWrong_exitsWithOneAndDrawsIt() throws IOException {
        Recording wrong = Corruption.STALE_RANGE.apply(HealthyHistory.of(1, 100), new SplittableRandom(1));
        String out = run(text(wrong));
        assertThat(out).startsWith("1\n").contains("|-range").contains("RESULT {\"verdict\":\"wrong\"");
    }

    @Test
    void file_thatCannotBeRead_exitsWithTwo() throws IOException {
        String good = text(HealthyHistory.of(1, 20));
        List<String> bad = List.of(
                "",
                "no history\n",
                good.substring(good.indexOf('\n') + 1),
                good.substring(0, good.length() / 2),
                good + good,
                good.replace("\"status\":\"ok\"", "\"status\":\"fine\""),
                good.replace("\"version\":1}", "\"version\":2}"),
                good.replace("\"f\":\"txn\"", "\"f\":\"tax\""),
                good + "\n");
        for (String text : bad) {
            assertThat(run(text)).startsWith("2\n").contains("RESULT {\"verdict\":\"unreadable\"}");
        }
        assertThat(HistoryCheck.run(new String[] {"/no/such/file"}, new PrintStream(new ByteArrayOutputStream())))
                .isEqualTo(2);
        assertThat(HistoryCheck.run(new String[] {}, new PrintStream(new ByteArrayOutputStream())))
                .isEqualTo(2);
    }

    @Test
    void json_thatIsNotStrict_isRefused() {
        for (String text : List.of(
                "{",
                "[]",
                "{\"a\":1,}",
                "{\"a\":01}",
                "{\"a\":-0}",
                "{\"a\":1.5}",
                "{\"a\":1e3}",
                "{\"a\":tru}",
                "{\"a\":\"\u0001\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":1}{",
                "{\"a\":1,\"a\":2}",
                "{a:1}",
                "{\"a\":99999999999999999999}",
                "{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}")) {
            assertThatThrownBy(() -> Json.readObject(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Json.readObject(
                                " {\"a\" : [ 1 , -2, true, null, \"\\u00e9\\n\\ud83d\\ude00\" ] , \"b\":{}, \"c\":[]} ")
                        .toString())
                .isEqualTo("{a=[1, -2, true, null, é\n😀], b={}, c=[]}");
    }
}
