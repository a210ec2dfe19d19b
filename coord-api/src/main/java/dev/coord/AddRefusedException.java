package dev.coord;

/**
 * An {@link dev.coord.kv.Op.Add add} was refused: the key holds no decimal 64-bit integer, or the sum is none. Nothing of its
 * transaction was changed.
 */
public final class AddRefusedException extends CoordException {
    private static final long serialVersionUID = 1L;

    /** Why an add is refused. */
    public enum Reason {
        /** The key holds something else than the text of a decimal 64-bit integer. */
        NOT_A_NUMBER,
        /** The sum is less than {@link Long#MIN_VALUE} or greater than {@link Long#MAX_VALUE}. */
        OVERFLOW
    }

    private final String key;
    private final Reason reason;

    /**
     * Creates the error.
     *
     * @param key the key that was to be added to
     * @param reason why not
     * @param message what the key holds
     */
    public AddRefusedException(String key, Reason reason, String message) {
        super(Outcome.NOT_APPLIED, message, null);
        this.key = key;
        this.reason = reason;
    }

    /**
     * Returns the key that was to be added to.
     *
     * @return the key
     */
    public String key() {
        return key;
    }

    /**
     * Returns why the add was refused.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
