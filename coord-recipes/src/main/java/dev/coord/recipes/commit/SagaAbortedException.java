package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A saga did not come to its end: no step of it was begun, or all that were begun have been compensated. */
public final class SagaAbortedException extends CoordException {
    private static final long serialVersionUID = 1L;

    private final String sagaId;

    private final @Nullable String step;

    /**
     * Creates the error.
     *
     * @param sagaId which saga
     * @param step the step that failed, if one is known
     * @param message why it was aborted
     * @param cause what the step failed with, if it is known
     */
    public SagaAbortedException(String sagaId, @Nullable String step, String message, @Nullable Throwable cause) {
        super(Outcome.NOT_APPLIED, message, cause);
        this.sagaId = requireNonNull(sagaId, "sagaId");
        this.step = step;
    }

    /**
     * Returns which saga it was.
     *
     * @return the id
     */
    public String sagaId() {
        return sagaId;
    }

    /**
     * Returns the step whose action failed.
     *
     * @return its name; empty if no step was begun, or another coordinator took care of the saga
     */
    public Optional<String> step() {
        return Optional.ofNullable(step);
    }
}
