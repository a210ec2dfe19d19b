package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

/**
 * A participant's answer to prepare. Immutable.
 *
 * @param kind what it has done
 * @param reason why it refused; empty otherwise
 */
public record Vote(Kind kind, String reason) {
    private static final Vote PREPARED = new Vote(Kind.PREPARED, "");
    private static final Vote READ_ONLY = new Vote(Kind.READ_ONLY, "");

    /** What a participant has done by the time it votes. */
    public enum Kind {
        /** It has everything on disk that it needs to commit or to abort, and does neither until it is told. */
        PREPARED,
        /** It has changed nothing and let go of everything: it need not be told the outcome. */
        READ_ONLY,
        /** It has aborted its branch, and with that the transaction. */
        REFUSED
    }

    /** Creates a vote. */
    public Vote {
        requireNonNull(kind, "kind");
        requireNonNull(reason, "reason");
    }

    /**
     * Returns the vote of a participant that is ready for either outcome.
     *
     * @return yes
     */
    public static Vote prepared() {
        return PREPARED;
    }

    /**
     * Returns the vote of a participant that is done, whatever the outcome.
     *
     * @return yes, and leave
     */
    public static Vote readOnly() {
        return READ_ONLY;
    }

    /**
     * Returns the vote of a participant that has aborted its branch.
     *
     * @param reason why, for whoever asked for the commit
     * @return no
     */
    public static Vote refused(String reason) {
        return new Vote(Kind.REFUSED, reason);
    }
}
