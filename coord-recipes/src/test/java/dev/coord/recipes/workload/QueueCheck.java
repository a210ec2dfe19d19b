package dev.coord.recipes.workload;

import dev.coord.kv.Entry;
import dev.coord.recipes.internal.Ask;
import dev.coord.watch.WatchEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What must hold of queues in the committed history, revision by revision: nobody overtakes who waits, and what is written
 * under a guard carries the token of one who holds at that moment.
 */
final class QueueCheck {
    private static final String HOLDER = "/~h/";
    private static final String WAITER = "/~q/";

    private final Map<String, Map<String, Turn>> waiting = new HashMap<>();
    private final Map<String, Map<String, Long>> holding = new HashMap<>();
    private long cycles;
    private long guardedWrites;

    /** When a waiter's turn is. */
    private record Turn(int priority, long since) {
        boolean isBefore(Turn other) {
            return priority != other.priority ? priority > other.priority : since < other.since;
        }
    }

    /** How many grants there were that have ended. */
    long cycles() {
        return cycles;
    }

    long guardedWrites() {
        return guardedWrites;
    }

    void follow(long revision, List<WatchEvent> events) {
        Map<String, Map<String, Turn>> promoted = new HashMap<>();
        for (WatchEvent event : events) {
            if (event.key().contains(WAITER)) {
                waiter(event, promoted);
            }
        }
        for (WatchEvent event : events) {
            if (event.key().contains(HOLDER)) {
                holder(event, promoted);
            } else if (event.key().startsWith(World.GUARDED + "/")) {
                guarded(event);
            }
        }
    }

    private static String pathOf(String key, String mark) {
        return key.substring(0, key.indexOf(mark));
    }

    private static String idOf(String key, String mark) {
        return key.substring(key.indexOf(mark) + mark.length());
    }

    private void waiter(WatchEvent event, Map<String, Map<String, Turn>> gone) {
        String path = pathOf(event.key(), WAITER);
        String id = idOf(event.key(), WAITER);
        Map<String, Turn> line = waiting.computeIfAbsent(path, each -> new HashMap<>());
        Entry after = event.after();
        if (after != null) {
            line.put(id, new Turn(Ask.decode(after.value()).priority(), after.createRevision()));
            return;
        }
        Turn turn = line.remove(id);
        if (turn != null) {
            gone.computeIfAbsent(path, each -> new HashMap<>()).put(id, turn);
        }
    }

    private void holder(WatchEvent event, Map<String, Map<String, Turn>> promoted) {
        String path = pathOf(event.key(), HOLDER);
        String id = idOf(event.key(), HOLDER);
        Map<String, Long> holders = holding.computeIfAbsent(path, each -> new HashMap<>());
        Entry after = event.after();
        if (after == null) {
            holders.remove(id);
            cycles++;
        } else if (holders.put(id, after.createRevision()) == null) {
            Turn own = promoted.getOrDefault(path, Map.of()).get(id);
            overtakesNobody(path, id, own);
        }
    }

    /** Who comes to hold leaves nobody behind whose turn was before: of all who waited, if it did not wait itself. */
    private void overtakesNobody(String path, String id, Turn own) {
        waiting.getOrDefault(path, Map.of())
                .forEach((other, turn) -> World.require(
                        own != null && own.isBefore(turn),
                        () -> "a waiter was overtaken: " + other + " of " + path + " by " + id));
    }

    private void guarded(WatchEvent event) {
        Entry after = event.after();
        if (after != null) {
            guardedWrites++;
            String path = event.key().substring(World.GUARDED.length());
            long token = Long.parseLong(after.text());
            World.require(
                    holding.getOrDefault(path, Map.of()).containsValue(token),
                    () -> "a guarded write of one who does not hold: token " + token + " of " + path);
        }
    }
}
