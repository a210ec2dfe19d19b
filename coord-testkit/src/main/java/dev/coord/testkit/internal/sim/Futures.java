package dev.coord.testkit.internal.sim;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Takes results out of futures that are done. */
final class Futures {
    private Futures() {}

    /** The result, or what the future failed with, itself if that is unchecked. */
    static <T> T result(CompletableFuture<T> done) {
        try {
            return done.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw e;
        }
    }
}
