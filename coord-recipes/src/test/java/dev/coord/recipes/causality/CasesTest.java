package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Counts the cases that the laws are tried on at every build, which is said to be a million. */
class CasesTest {

    @Test
    void laws_areTriedOnAMillionCases() {
        int cases = Stream.of(
                        OrderProperties.class,
                        ClockConditionProperties.class,
                        SiblingsProperties.class,
                        IntervalTreeClockProperties.class,
                        HybridClockProperties.class,
                        FormProperties.class)
                .flatMap(laws -> Arrays.stream(laws.getDeclaredMethods()))
                .filter(law -> law.isAnnotationPresent(Property.class))
                .peek(law -> System.out.printf(
                        "%,9d %s%n", law.getAnnotation(Property.class).tries(), law.getName()))
                .mapToInt(law -> law.getAnnotation(Property.class).tries())
                .sum();
        System.out.printf("%,9d cases in all%n", cases);

        assertThat(cases).isGreaterThanOrEqualTo(1_000_000);
    }
}
