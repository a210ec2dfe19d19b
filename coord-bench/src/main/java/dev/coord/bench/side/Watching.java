package dev.coord.bench.side;

import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/** What tells of changes. */
interface Watching {

    /**
     * Watches a key that exists, for as long as the system runs.
     *
     * @param watcher its number; they are spread over sessions and servers by it
     * @param events called with how many changes there were; by one thread at a time
     */
    void watch(String key, int watcher, IntConsumer events) throws Exception;

    /** Writes the key. */
    CompletableFuture<?> change(String key);
}
