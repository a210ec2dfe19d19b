package dev.coord.raft;

import dev.coord.CoordException;

/** A member must not be added or removed; the message says why, and what to do instead. Nothing has changed. */
public final class MembershipException extends CoordException {
    private static final long serialVersionUID = 1L;

    MembershipException(String message) {
        super(Outcome.NOT_APPLIED, message, null);
    }
}
