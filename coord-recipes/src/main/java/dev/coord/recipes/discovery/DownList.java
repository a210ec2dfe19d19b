package dev.coord.recipes.discovery;

import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * What callers of this process have reported of instances. Has at most an entry for each instance that is registered. Safe
 * for use by any thread.
 */
final class DownList {
    private final DownPolicy policy;
    private final Ticker ticker;
    private final ConcurrentMap<String, Reports> byKey = new ConcurrentHashMap<>();

    DownList(DownPolicy policy, Ticker ticker) {
        this.policy = policy;
        this.ticker = ticker;
    }

    /** Reports of one life of a key: an instance that registers anew begins with a clean slate. */
    private record Reports(
            long life, int count, Deadline window, @Nullable Deadline down) {

        boolean isDown() {
            return down != null && !down.isPast();
        }
    }

    /** Counts a failure; true if the instance is passed over now. */
    boolean report(String key, long life, Set<String> registered) {
        byKey.keySet().removeIf(known -> !registered.contains(known));
        Reports now = byKey.merge(key, fresh(life), (old, first) -> old.life() != life ? first : add(old, first));
        return now.isDown();
    }

    private Reports add(Reports old, Reports first) {
        if (old.isDown()) {
            return old;
        }
        if (old.down() != null || old.window().isPast()) {
            return first;
        }
        return counted(old.life(), old.count() + 1, old.window());
    }

    private Reports fresh(long life) {
        return counted(life, 1, Deadline.after(ticker, policy.window()));
    }

    private Reports counted(long life, int count, Deadline window) {
        boolean down = count >= policy.failures();
        return new Reports(life, count, window, down ? Deadline.after(ticker, policy.backOff()) : null);
    }

    boolean isDown(String key, long life) {
        Reports reports = byKey.get(key);
        return reports != null && reports.life() == life && reports.isDown();
    }

    boolean isEmpty() {
        return byKey.isEmpty();
    }

    int size() {
        return byKey.size();
    }
}
