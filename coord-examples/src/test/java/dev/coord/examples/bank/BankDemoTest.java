package dev.coord.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BankDemoTest {

    @Test
    void demo_tellsItsStory_andFindsAllChecked() {
        ByteArrayOutputStream story = new ByteArrayOutputStream();
        int status = BankDemo.run(new PrintStream(story, true, StandardCharsets.UTF_8));
        String told = story.toString(StandardCharsets.UTF_8);
        assertThat(told)
                .contains("checked: exactly one got the money")
                .contains("checked: $400 for the shop never left")
                .contains("checked: $400 for the shop have arrived")
                .contains("checked: both databases know the same number of transfers")
                .contains("checked: the total is $4000")
                .contains("All is well")
                .doesNotContain("FAILED");
        assertThat(told.lines()).hasSizeLessThanOrEqualTo(40);
        assertThat(status).isZero();
    }
}
