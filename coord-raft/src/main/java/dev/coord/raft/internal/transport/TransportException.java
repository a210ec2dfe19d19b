package dev.coord.raft.internal.transport;

import java.io.IOException;

/** A request between peers failed; it may or may not have been handled. */
public final class TransportException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean sent;

    /** Creates the error of a request that may have been handled. */
    public TransportException(String message) {
        this(message, true);
    }

    /** Creates the error; not sent means surely not handled. */
    TransportException(String message, boolean sent) {
        super(message);
        this.sent = sent;
    }

    /** Creates the error of a request that may have been handled. */
    public TransportException(String message, Throwable cause) {
        super(message, cause);
        sent = true;
    }

    /** Whether the request may have reached the other peer; false if it surely was not handled. */
    public boolean wasSent() {
        return sent;
    }
}
