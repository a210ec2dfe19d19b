package dev.coord.raft.internal.transport;

import java.io.IOException;

/** A request between peers failed; it may or may not have been handled. */
public final class TransportException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public TransportException(String message) {
        super(message);
    }

    /** Creates the error. */
    public TransportException(String message, Throwable cause) {
        super(message, cause);
    }
}
