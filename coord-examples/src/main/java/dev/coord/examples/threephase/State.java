package dev.coord.examples.threephase;

import java.nio.charset.StandardCharsets;

/** Where a process is in the commit of a transaction (Skeen 1981, figures 1 and 3, whose letters these are). */
enum State {
    /** It has not voted, and may abort alone. */
    INITIAL('q'),
    /** It has voted yes, and does not know what will be decided. */
    UNCERTAIN('w'),
    /** It knows that all have voted yes. Two-phase commit has no such state. */
    PRECOMMITTED('p'),
    /** The transaction is committed. */
    COMMITTED('c'),
    /** The transaction is aborted. */
    ABORTED('a');

    private final char letter;

    State(char letter) {
        this.letter = letter;
    }

    char letter() {
        return letter;
    }

    boolean isDecided() {
        return this == COMMITTED || this == ABORTED;
    }

    /** Whether it holds its locks and must not decide alone. */
    boolean isInDoubt() {
        return this == UNCERTAIN || this == PRECOMMITTED;
    }

    /** Whether the protocols have a step from here to there. From uncertain to committed is two-phase commit's. */
    boolean canBecome(State next) {
        return switch (this) {
            case INITIAL -> next == UNCERTAIN || next == ABORTED;
            case UNCERTAIN -> next == PRECOMMITTED || next.isDecided();
            case PRECOMMITTED -> next.isDecided();
            case COMMITTED, ABORTED -> false;
        };
    }

    byte[] encoded() {
        return name().getBytes(StandardCharsets.US_ASCII);
    }

    static State decode(byte[] bytes) {
        return valueOf(new String(bytes, StandardCharsets.US_ASCII));
    }
}
