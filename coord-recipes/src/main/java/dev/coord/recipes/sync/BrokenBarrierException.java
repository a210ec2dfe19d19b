package dev.coord.recipes.sync;

import dev.coord.CoordException;

/**
 * The barrier was broken while the party waited, or before: another party's session ended, its patience ended or it gave
 * up, or the barrier was reset. Nobody passed. As {@link java.util.concurrent.BrokenBarrierException}, for the processes of
 * a cluster.
 */
public final class BrokenBarrierException extends CoordException {
    private static final long serialVersionUID = 1L;

    BrokenBarrierException(String message) {
        super(Outcome.NOT_APPLIED, message, null);
    }
}
