package dev.coord.chaos.wire;

/** The peer threw something that its interface does not promise. */
public final class UnforeseenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnforeseenException(String message) {
        super(message);
    }
}
