package dev.coord.recipes.commit;

import java.util.Locale;

/** A step of the protocol that changes something, and who takes it: the points of time at which somebody may die lie around them. */
public enum CommitStep {
    /** Writes the record and its owner. */
    CREATE(true),
    /** Asks a participant for its vote. */
    CALL_PREPARE(true),
    /** Decides to commit, by compare-and-set. */
    DECIDE(true),
    /** Tells a participant to commit. */
    CALL_COMMIT(true),
    /** Takes the record out. */
    END(true),
    /** Tells a participant to abort. */
    CALL_ABORT(true),
    /** Writes down that it aborts, or that an orphan does. */
    NOTE_ABORT(true),
    /** Takes a record over. */
    TAKE(true),
    /** A participant prepares. */
    PREPARE(false),
    /** A participant commits. */
    COMMIT(false),
    /** A participant aborts. */
    ABORT(false),
    /** A last resource commits. */
    COMMIT_ONE_PHASE(false),
    /** A last resource finds out what it has done. */
    SETTLE(false),
    /** A participant lists what it is in doubt of: changes nothing, but a dead one does not do it either. */
    RECOVER(false),
    /** Any other write of a coordinator, such as that of an epoch. */
    OTHER(true);

    private final boolean coordinators;

    CommitStep(boolean coordinators) {
        this.coordinators = coordinators;
    }

    /** Tells whether a coordinator takes it, and not a participant. */
    public boolean isCoordinators() {
        return coordinators;
    }

    /** Returns its name, as in {@code call-prepare}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
