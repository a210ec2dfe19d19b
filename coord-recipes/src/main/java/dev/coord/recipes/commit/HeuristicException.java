package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

/**
 * Thrown by a participant that has decided alone about a branch it had prepared, or on whose behalf somebody has: an operator that
 * ended an in-doubt branch by hand, a database that lost it. The coordinator records it, lists it until an operator
 * {@linkplain CommitCoordinator#forgetHeuristic forgets} it, and does not ask the participant again.
 *
 * <p>The kinds are those of XA (The Open Group, <i>Distributed Transaction Processing: The XA Specification</i>, 1991, section 3.3).
 */
public final class HeuristicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the participant has done. */
    public enum Kind {
        /** It has committed. */
        COMMITTED,
        /** It has aborted. */
        ABORTED,
        /** It has committed a part and aborted the rest. */
        MIXED,
        /** Nobody knows. */
        HAZARD
    }

    private final Kind kind;

    /**
     * Creates the report.
     *
     * @param kind what the participant has done
     * @param message what an operator should know
     */
    public HeuristicException(Kind kind, String message) {
        super(message);
        this.kind = requireNonNull(kind, "kind");
    }

    /**
     * Returns what the participant has done.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }
}
