package dev.coord.examples.fencing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FencingDemoTest {

    @Test
    void demo_tellsItsStory_andFindsAllChecked() {
        ByteArrayOutputStream story = new ByteArrayOutputStream();
        int status = FencingDemo.run(new PrintStream(story, true, StandardCharsets.UTF_8));
        assertThat(story.toString(StandardCharsets.UTF_8))
                .contains("checked: it holds 100: the deposit of 10 is lost")
                .contains("n1 wants to write and is refused: token ")
                .contains("checked: it holds 110: nothing is lost")
                .contains("All is well")
                .doesNotContain("FAILED");
        assertThat(status).isZero();
    }
}
