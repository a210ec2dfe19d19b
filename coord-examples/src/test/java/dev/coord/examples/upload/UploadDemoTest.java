package dev.coord.examples.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UploadDemoTest {

    @Test
    void demo_diesAtEachPoint_andFindsAllChecked() {
        ByteArrayOutputStream story = new ByteArrayOutputStream();
        int status = UploadDemo.run(new PrintStream(story, true, StandardCharsets.UTF_8));
        String told = story.toString(StandardCharsets.UTF_8);
        for (CrashPoint point : CrashPoint.values()) {
            assertThat(told).contains("checked: " + point + ": after ");
        }
        assertThat(told).contains("All is well").doesNotContain("FAILED");
        assertThat(told.lines()).hasSizeLessThanOrEqualTo(40);
        assertThat(status).isZero();
    }
}
