package dev.coord.examples.mutex;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MutexComparisonTest {

    @Test
    void comparison_printsItsTable_andFindsAllChecked() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int status = MutexComparison.run(new PrintStream(printed, true, StandardCharsets.UTF_8));
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("checked: an acquisition and its release take 12 messages with 5 peers")
                .contains("checked: nobody acquires when the holder of 3 has died")
                .containsPattern("to acquire when the holder has died +never +never +[0-9.]+ ms +[0-9.]+ ms")
                .contains("All is well")
                .doesNotContain("FAILED");
        assertThat(status).isZero();
    }
}
