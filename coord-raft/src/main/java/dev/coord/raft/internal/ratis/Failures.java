package dev.coord.raft.internal.ratis;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Small conversions between kinds of errors. */
final class Failures {
    private Failures() {}

    /** Something that may fail with an I/O error. */
    @FunctionalInterface
    interface IoCall<T> {
        T call() throws IOException;
    }

    static <T> T unchecked(IoCall<T> call) {
        try {
            return call.call();
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    /** The cause below the wrappers that futures add. */
    static Throwable unwrap(Throwable error) {
        Throwable result = error;
        while ((result instanceof CompletionException || result instanceof ExecutionException)
                && result.getCause() != null) {
            result = result.getCause();
        }
        return result;
    }

    static IOException asIo(Throwable error) {
        Throwable cause = unwrap(error);
        return cause instanceof IOException io ? io : new IOException(describe(cause), cause);
    }

    /** One line that says what happened, and why in the end. */
    static String describe(Throwable error) {
        Throwable top = unwrap(error);
        Throwable root = root(top);
        return root.equals(top) ? line(top) : line(top) + ", because of " + line(root);
    }

    static Throwable root(Throwable error) {
        Throwable result = error;
        while (result.getCause() != null) {
            result = result.getCause();
        }
        return result;
    }

    private static String line(Throwable cause) {
        String message = cause.getMessage();
        String type = cause.getClass().getSimpleName();
        return message == null ? type : type + ": " + message;
    }
}
