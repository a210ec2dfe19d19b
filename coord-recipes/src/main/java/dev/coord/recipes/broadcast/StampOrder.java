package dev.coord.recipes.broadcast;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.causality.LamportClock;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The queue of Lamport's state machine (Lamport 1978, section "Ordering the Events Totally"): items in the order of their stamps,
 * and from each other member the latest stamp heard. Once something later was heard from everybody, nothing can come before an
 * item any more, as each member's messages arrive in the order of their stamps. Mutable, confined.
 *
 * @param <T> the items
 */
final class StampOrder<T> {
    private final TreeMap<LamportClock, T> items = new TreeMap<>();
    private final Map<String, LamportClock> heard = new HashMap<>();
    private LamportClock clock;

    StampOrder(String self, Collection<String> others) {
        clock = LamportClock.of(self);
        others.forEach(member -> heard.put(member, LamportClock.of(member)));
    }

    /** Stamps something that happens here. */
    LamportClock tick() {
        clock = clock.tick();
        return clock;
    }

    /** Hears of a member's stamp. */
    void hear(LamportClock stamp) {
        clock = clock.receive(stamp);
        heard.put(stamp.process(), stamp);
    }

    void add(LamportClock stamp, T item) {
        items.put(stamp, item);
    }

    @Nullable
    T remove(LamportClock stamp) {
        return items.remove(stamp);
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    LamportClock firstStamp() {
        return items.firstKey();
    }

    LamportClock lastStamp() {
        return items.lastKey();
    }

    T first() {
        return requireNonNull(items.firstEntry()).getValue();
    }

    /** Those who may still send something that comes before. */
    Set<String> notBeyond(LamportClock stamp) {
        Set<String> members = new TreeSet<>();
        heard.forEach((member, latest) -> {
            if (latest.compareTo(stamp) < 0) {
                members.add(member);
            }
        });
        return members;
    }
}
