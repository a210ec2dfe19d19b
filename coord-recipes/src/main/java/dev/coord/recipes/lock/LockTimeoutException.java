package dev.coord.recipes.lock;

import dev.coord.CoordException;

/** The lock was held by others for as long as the caller was ready to wait. Nothing is held. */
public final class LockTimeoutException extends CoordException {
    private static final long serialVersionUID = 1L;

    LockTimeoutException(String message) {
        super(Outcome.NOT_APPLIED, message, null);
    }
}
