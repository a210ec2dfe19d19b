package dev.coord.bench.side;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A replicated store as its callers see it. Safe for use by any thread; what returns a future does not block. */
interface Store {

    /** Writes a key that exists; completes when a majority has it on disk. */
    CompletableFuture<?> put(String key);

    /** Writes a key and waits. */
    default void putNow(String key) throws Exception {
        put(key).get();
    }

    /** Reads a key linearizably. */
    CompletableFuture<?> get(String key);

    /** Reads a key linearizably and waits. */
    default void getNow(String key) throws Exception {
        get(key).get();
    }

    /** Reads a key as of whatever the server or peer at hand has applied. */
    CompletableFuture<?> getSequential(String key);

    /** Reads a key and writes it if nobody has meanwhile; tells if it did. */
    CompletableFuture<Boolean> increment(String key);

    /** Writes keys that exist in one transaction. */
    CompletableFuture<?> putAll(List<String> keys);

    /** Reads entries whose keys follow each other. */
    CompletableFuture<?> range(List<String> keys);
}
