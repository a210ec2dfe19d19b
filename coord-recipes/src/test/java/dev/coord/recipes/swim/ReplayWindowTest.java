package dev.coord.recipes.swim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
    @Test
    void numbersInAnyOrder_areNewOnce() {
        Random random = new Random(9);
        for (int run = 0; run < 200; run++) {
            ReplayWindow window = new ReplayWindow();
            Set<Long> came = new HashSet<>();
            long highest = 0;
            long base = 1;
            for (int i = 0; i < 500; i++) {
                base += random.nextInt(20) == 0 ? random.nextInt(3_000) : random.nextInt(4);
                long number = Math.max(1, base - random.nextInt(1_200));
                boolean tooLate = number <= highest - ReplayWindow.SIZE;
                assertThat(window.isNew(number)).isEqualTo(!tooLate && came.add(number));
                highest = Math.max(highest, number);
            }
        }
    }

    @Test
    void farAhead_isNew_andAllBeforeIsTooLate() {
        ReplayWindow window = new ReplayWindow();
        assertThat(window.isNew(5)).isTrue();
        assertThat(window.isNew(WireWriter.MAX_NUMBER)).isTrue();
        assertThat(window.isNew(WireWriter.MAX_NUMBER)).isFalse();
        assertThat(window.isNew(6)).isFalse();
        assertThat(window.isNew(WireWriter.MAX_NUMBER - ReplayWindow.SIZE + 1)).isTrue();
    }
}
