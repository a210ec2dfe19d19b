package dev.coord.raft.internal.transport;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** How a handler's failure is told to the peer that asked. */
final class RemoteFailure {
    private RemoteFailure() {}

    static TransportException of(String peer, @Nullable Throwable error) {
        return new TransportException(peer + " answered: " + message(error));
    }

    static String message(@Nullable Throwable error) {
        Throwable cause = error;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause == null) {
            return "no response";
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
