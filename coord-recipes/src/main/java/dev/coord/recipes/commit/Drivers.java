package dev.coord.recipes.commit;

import dev.coord.recipes.internal.Async;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Which transactions are driven here. Safe for use by any thread. */
final class Drivers {
    private final ConcurrentMap<String, Driver> running = new ConcurrentHashMap<>();

    /** Those whose end the watch has not told of yet, with the revision of the end. */
    private final ConcurrentMap<String, Long> ended = new ConcurrentHashMap<>();

    void begin(Driver driver) {
        running.put(driver.id(), driver);
    }

    /** Ends one; a record that was taken out is still in sight for a while, and nobody's orphan. */
    void ended(Driver driver, long revision) {
        if (revision > 0) {
            ended.put(driver.id(), revision);
        }
        running.remove(driver.id(), driver);
    }

    /** Told that the watch has reached a revision at which a transaction has no record. */
    void gone(String id) {
        ended.remove(id);
    }

    /** Told that the watch has reached a revision. */
    void reached(long revision) {
        ended.values().removeIf(end -> end <= revision);
    }

    boolean knows(String id) {
        return running.containsKey(id) || ended.containsKey(id);
    }

    @Nullable
    Driver get(String id) {
        return running.get(id);
    }

    Collection<Driver> all() {
        return List.copyOf(running.values());
    }

    int count() {
        return running.size();
    }

    /** Stops all; completes when others can take over. */
    CompletableFuture<Void> close() {
        CompletableFuture<?>[] closing = all().stream().map(Driver::close).toArray(CompletableFuture[]::new);
        return Async.done(CompletableFuture.allOf(closing));
    }
}
