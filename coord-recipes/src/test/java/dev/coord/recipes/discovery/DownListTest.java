package dev.coord.recipes.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DownListTest {
    private static final Set<String> BOTH = Set.of("a", "b");

    private long now = Long.MAX_VALUE - 5; // a clock may overflow
    private final DownList downs =
            new DownList(new DownPolicy(2, Duration.ofSeconds(10), Duration.ofSeconds(30)), () -> now);

    private void pass(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void enoughReportsWithinTheWindow_makeItDown_forTheBackOff() {
        assertThat(downs.report("a", 7, BOTH)).isFalse();
        assertThat(downs.isDown("a", 7)).isFalse();
        pass(9);
        assertThat(downs.report("a", 7, BOTH)).isTrue();
        assertThat(downs.isDown("a", 7)).isTrue();
        assertThat(downs.isDown("b", 7)).isFalse();
        pass(29);
        assertThat(downs.report("a", 7, BOTH)).as("does not prolong it").isTrue();
        pass(1);
        assertThat(downs.isDown("a", 7)).isFalse();
        assertThat(downs.report("a", 7, BOTH)).as("counted anew").isFalse();
    }

    @Test
    void reportsFarApart_doNotAddUp() {
        for (int i = 0; i < 5; i++) {
            assertThat(downs.report("a", 7, BOTH)).isFalse();
            pass(10);
        }
    }

    @Test
    void anotherLife_beginsWithACleanSlate() {
        downs.report("a", 7, BOTH);
        downs.report("a", 7, BOTH);
        assertThat(downs.isDown("a", 8)).isFalse();
        assertThat(downs.report("a", 8, BOTH)).isFalse();
        assertThat(downs.isDown("a", 7)).isFalse();
    }

    @Test
    void list_holdsNoMoreThanWhatIsRegistered() {
        for (int i = 0; i < 1000; i++) {
            downs.report("k" + i, 1, Set.of("k" + i));
        }
        assertThat(downs.size()).isEqualTo(1);
        downs.report("b", 1, BOTH);
        assertThat(downs.size()).isEqualTo(1);
    }

    @Test
    void policies_thatAreNone_areRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new DownPolicy(0, second, second)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DownPolicy(1, Duration.ZERO, second)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DownPolicy(1, second, second.negated()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
