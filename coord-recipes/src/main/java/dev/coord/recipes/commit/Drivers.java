package dev.coord.recipes.commit;

import dev.coord.recipes.internal.Async;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Which transactions are driven here. Safe for use by any thread. */
final class Drivers {
    private final ConcurrentMap<String, Driver> running = new ConcurrentHashMap<>();

    /** Those whose end the watch has not told of yet, with the revision of the end. */
    private final ConcurrentMap<String, Long> ended = new ConcurrentHashMap<>();

    private final AtomicLong reached = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();

    void begin(Driver driver) {
        running.put(driver.id(), driver);
        if (closed.get()) {
            CompletableFuture<Void> ignored = driver.close();
        }
    }

    /** Ends one; a record that was taken out is still in sight for a while, and nobody's orphan. */
    void ended(Driver driver, long revision) {
        if (revision > 0) {
            ended.put(driver.id(), revision);
            if (reached.get() >= revision) {
                ended.remove(driver.id()); // the watch has told of it before the store answered
            }
        }
        running.remove(driver.id(), driver);
    }

    /** Told that the watch has reached a revision, before what it tells of that is looked at. */
    void reached(long revision) {
        reached.accumulateAndGet(revision, Math::max);
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

    long undecided() {
        return running.values().stream().filter(Driver::isUndecided).count();
    }

    /** Stops all; completes when others can take over. */
    CompletableFuture<Void> close() {
        closed.set(true);
        CompletableFuture<?>[] closing = all().stream().map(Driver::close).toArray(CompletableFuture[]::new);
        return Async.done(CompletableFuture.allOf(closing));
    }
}
