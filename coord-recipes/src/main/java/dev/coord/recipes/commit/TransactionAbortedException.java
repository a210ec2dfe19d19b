package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import org.jspecify.annotations.Nullable;

/**
 * It is decided that the global transaction aborts, at all its participants: one refused, failed or took too long before it was decided,
 * or its coordinator was closed. Participants that could not be told yet are told as soon as they can be, by this coordinator or another
 * of the path, or the next that starts. It is safe to do the work anew in another transaction.
 */
public final class TransactionAbortedException extends CoordException {
    private static final long serialVersionUID = 1L;

    private final String transactionId;

    /**
     * Creates the error.
     *
     * @param transactionId which transaction
     * @param message why it was aborted
     * @param cause what a participant failed with, if one did
     */
    public TransactionAbortedException(String transactionId, String message, @Nullable Throwable cause) {
        super(Outcome.NOT_APPLIED, message, cause);
        this.transactionId = requireNonNull(transactionId, "transactionId");
    }

    /**
     * Returns which transaction it was.
     *
     * @return the id
     */
    public String transactionId() {
        return transactionId;
    }
}
