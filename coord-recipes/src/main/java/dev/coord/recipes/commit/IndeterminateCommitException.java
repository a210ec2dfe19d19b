package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.IndeterminateException;

/**
 * The outcome of a global transaction was not learnt in time. It is or will be the same at all participants: {@link
 * CommitCoordinator#status} tells, at any peer.
 */
public final class IndeterminateCommitException extends IndeterminateException {
    private static final long serialVersionUID = 1L;

    private final String transactionId;

    /**
     * Creates the error.
     *
     * @param transactionId which transaction
     * @param message what is not known, and why
     */
    public IndeterminateCommitException(String transactionId, String message) {
        super(message);
        this.transactionId = requireNonNull(transactionId, "transactionId");
    }

    /**
     * Returns which transaction it is.
     *
     * @return the id, for {@link CommitCoordinator#status}
     */
    public String transactionId() {
        return transactionId;
    }
}
