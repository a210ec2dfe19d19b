package dev.coord.testkit.history;

import java.util.List;

/**
 * What a checker found.
 *
 * @param sentence the promise that was broken, and how
 * @param operations the operations that show it, and no others
 * @param rows what else shows it: things told to watches, claims, faults
 * @param inconclusive the checker gave up, so nothing was shown either way
 */
record Violation(String sentence, List<Operation> operations, List<Timeline.Mark> rows, boolean inconclusive) {

    static Violation of(String sentence, Operation... operations) {
        return new Violation(sentence, List.of(operations), List.of(), false);
    }

    static Violation of(String sentence, List<Operation> operations) {
        return new Violation(sentence, List.copyOf(operations), List.of(), false);
    }

    static Violation inconclusive(String sentence) {
        return new Violation(sentence, List.of(), List.of(), true);
    }

    Violation marked(List<Timeline.Mark> marks) {
        return new Violation(sentence, operations, List.copyOf(marks), inconclusive);
    }

    /** Throws it. */
    HistoryViolation error() {
        return new HistoryViolation(sentence, Timeline.draw(operations, rows), inconclusive);
    }
}
