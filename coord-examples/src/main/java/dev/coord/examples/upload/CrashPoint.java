package dev.coord.examples.upload;

import java.util.Locale;

/** Where a process dies. */
enum CrashPoint {
    BEFORE_THE_COMMIT_BEGINS(false),
    BEFORE_THE_DOCUMENT_IS_STAGED(false),
    WHEN_THE_DOCUMENT_IS_STAGED_BY_HALF(false),
    AFTER_THE_DOCUMENT_IS_STAGED(false),
    BEFORE_THE_ROW_IS_COMMITTED(false),
    AFTER_THE_ROW_IS_COMMITTED(true),
    BEFORE_THE_DOCUMENT_IS_MOVED(true),
    AFTER_THE_DOCUMENT_IS_MOVED(true),
    /** The database refuses to commit. */
    BEFORE_THE_DOCUMENT_IS_DELETED(false),
    AFTER_THE_DOCUMENT_IS_DELETED(false),
    /** Another process has taken over, and dies as well. */
    BEFORE_THE_HEIR_ASKS_FOR_THE_ROW(true),
    AFTER_THE_HEIR_HAS_ASKED_FOR_THE_ROW(true);

    private final boolean there;

    CrashPoint(boolean there) {
        this.there = there;
    }

    /** Tells whether the upload has happened in the end. */
    boolean isThere() {
        return there;
    }

    boolean isHeirs() {
        return this == BEFORE_THE_HEIR_ASKS_FOR_THE_ROW || this == AFTER_THE_HEIR_HAS_ASKED_FOR_THE_ROW;
    }

    boolean isOfRefusal() {
        return this == BEFORE_THE_DOCUMENT_IS_DELETED || this == AFTER_THE_DOCUMENT_IS_DELETED;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
