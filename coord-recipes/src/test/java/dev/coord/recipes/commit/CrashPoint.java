package dev.coord.recipes.commit;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A point of time at which whoever takes a step dies.
 *
 * @param step the step
 * @param before whether it dies before the step, which then does not happen; else after it, and before anybody knows
 */
public record CrashPoint(CommitStep step, boolean before) {

    /** Returns all points, in the order of the protocol. */
    public static List<CrashPoint> all() {
        return Arrays.stream(CommitStep.values())
                .filter(step -> step != CommitStep.RECOVER && step != CommitStep.OTHER)
                .flatMap(step -> Stream.of(new CrashPoint(step, true), new CrashPoint(step, false)))
                .toList();
    }

    /** Returns the point of a label, such as {@code after-decide}. */
    public static CrashPoint of(String label) {
        return all().stream()
                .filter(point -> point.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no crash point '" + label + "'; there are "
                        + all().stream().map(CrashPoint::label).toList()));
    }

    /** Returns its name, as in {@code after-decide}. */
    public String label() {
        return (before ? "before-" : "after-") + step.label();
    }

    @Override
    public String toString() {
        return label();
    }
}
