package dev.coord.recipes.commit;

import dev.coord.CoordException;

/** By this a saga's action says that it has done nothing and never will succeed: the saga is to be compensated. */
public final class StepRefusedException extends CoordException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the refusal.
     *
     * @param reason why, for whoever started the saga
     */
    public StepRefusedException(String reason) {
        super(Outcome.NOT_APPLIED, reason, null);
    }
}
