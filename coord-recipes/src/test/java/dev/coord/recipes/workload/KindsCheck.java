package dev.coord.recipes.workload;

import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.Grip;
import dev.coord.recipes.lock.MultiLockHandle;
import dev.coord.recipes.lock.WriteLockHandle;
import dev.coord.time.Deadline;
import dev.coord.watch.WatchEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must hold of readers and writers, semaphores and several locks, in each committed revision; and of those who believe
 * to hold, at each step.
 */
final class KindsCheck {
    private static final String HOLDER = "/~h/";
    private static final String WAITER = "/~q/";

    private final TreeMap<String, Entry> keys = new TreeMap<>();
    private final Set<String> tokens = new HashSet<>();
    private final Map<String, Long> latest = new HashMap<>();

    // ---- what is committed

    void follow(long revision, List<WatchEvent> events) {
        Set<String> changed = new HashSet<>();
        Set<String> entered = new HashSet<>();
        for (WatchEvent event : events) {
            if (!event.key().startsWith(KindsUse.ROOT)) {
                continue;
            }
            String path = event.key().substring(0, event.key().indexOf("/~"));
            changed.add(path);
            Entry after = event.after();
            if (after == null) {
                keys.remove(event.key());
            } else if (keys.put(event.key(), after) == null && event.key().contains(HOLDER)) {
                entered.add(path);
            }
        }
        for (WatchEvent event : events) {
            if (event.key().startsWith(KindsUse.WRITTEN)) {
                event.entry().ifPresent(this::checkWritten);
            }
        }
        for (String path : changed) {
            if (path.equals(KindsUse.SEMAPHORE)) {
                checkRoom(path, entered.contains(path), revision);
            } else if (path.equals(KindsUse.READ_WRITE)) {
                checkAlone(path, revision);
                checkOneRaises(path, revision);
            } else {
                World.require(holders(path).size() <= 1, () -> "two hold " + path + " at " + revision);
            }
        }
        if (!changed.isEmpty()) {
            checkTogether(revision);
        }
    }

    /** By one who holds at that moment; if it holds alone, by no former one. */
    private void checkWritten(Entry written) {
        String path = written.key().substring(KindsUse.WRITTEN.length());
        String[] by = written.text().split(" ", -1);
        World.require(
                keys.containsKey(by[0]) && Long.parseLong(by[1]) >= latest.getOrDefault(path, 0L),
                () -> "a guarded write of one who does not hold: " + written.text() + " at " + written.modRevision());
    }

    private List<Entry> holders(String path) {
        return List.copyOf(
                keys.subMap(path + HOLDER, path + HOLDER + Character.MAX_VALUE).values());
    }

    /** Nobody is let in beyond the limit of that moment. */
    private void checkRoom(String path, boolean entered, long revision) {
        Entry set = keys.get(path + "/~h+");
        int limit = set == null ? KindsUse.USUAL_LIMIT : Integer.parseInt(set.text());
        long held = holders(path).stream()
                .mapToLong(entry -> Ask.decode(entry.value()).permits())
                .sum();
        World.require(
                !entered || held <= limit,
                () -> "more was granted than there is: " + held + " of " + limit + " at " + revision);
    }

    private void checkAlone(String path, long revision) {
        List<Entry> holders = holders(path);
        World.require(
                holders.size() == 1 || holders.stream().noneMatch(KindsCheck::isWriter),
                () -> "a writer is not alone at " + revision + ": " + holders);
    }

    /** Of two who upgrade each would wait for the other. */
    private void checkOneRaises(String path, long revision) {
        long raising = holders(path).stream()
                .filter(entry -> Ask.decode(entry.value()).permits() > 1)
                .count();
        World.require(raising <= 1, () -> "two upgrade at a time at " + revision + ": " + holders(path));
    }

    private static boolean isWriter(Entry holder) {
        return Grip.isWriter(Ask.decode(holder.value()).permits());
    }

    /** Who asks for several waits in all of them, or holds all of them. */
    private void checkTogether(long revision) {
        Map<String, List<String>> several = new HashMap<>();
        keys.forEach((key, entry) -> {
            if (key.startsWith(KindsUse.MULTI) && Ask.decode(entry.value()).alone()) {
                String mark = key.contains(HOLDER) ? HOLDER : WAITER;
                String id = key.substring(key.indexOf(mark) + mark.length());
                several.computeIfAbsent(id, each -> new ArrayList<>()).add(mark);
            }
        });
        several.forEach((id, marks) -> World.require(
                marks.size() == KindsUse.TOGETHER && new HashSet<>(marks).size() == 1,
                () -> "several locks are not held together: " + id + " at " + revision + ": " + keys.keySet()));
    }

    // ---- who believes to hold

    void granted(KindsUse.Held held) {
        long token = held.handle().fencingToken();
        // Those let in together, which only shared kinds are, have one token.
        boolean shared = KindsUse.isShared(held);
        World.require(shared || tokens.add(held.path() + " " + token), () -> "a token was given out twice: " + held);
        if (held.handle().isValid() && !shared) {
            long before = latest.getOrDefault(held.path(), 0L);
            World.require(token > before, () -> "tokens do not grow: " + held + " after " + before);
            latest.put(held.path(), token);
        }
    }

    /** Whoever believes to hold does so in the store; a writer, and who has several, alone. */
    void check(List<KindsUse.Held> believers) {
        for (KindsUse.Held one : believers) {
            if (!one.handle().isValid()) {
                continue;
            }
            String path = one.path();
            Entry own = keys.get(one.key());
            long token = one.handle().fencingToken();
            boolean writes = one.handle() instanceof WriteLockHandle;
            World.require(
                    own != null && (writes ? own.modRevision() >= token : own.createRevision() == token),
                    () -> "a holder believes in a key that is gone: " + one);
            if (writes) {
                List<Entry> holders = holders(path);
                World.require(
                        holders.size() == 1 && isWriter(holders.get(0)),
                        () -> "a writer believes to be alone: " + one + " of " + holders);
            } else if (one.handle() instanceof MultiLockHandle several) {
                for (Guard guard : several.guards()) {
                    World.require(
                            keys.containsKey(guard.range().from()),
                            () -> "a holder of several believes in a key that is gone: " + one + " " + guard);
                }
            }
        }
    }

    /**
     * Who failed while it held keeps the others out for a while.
     *
     * @param failed those who lost what they had not given back, and when
     * @param delay for how long
     */
    void checkDelay(Map<KindsUse.Held, Deadline> failed, Duration delay) {
        List<Entry> now = holders(KindsUse.DELAYED);
        failed.forEach((one, end) -> {
            Duration since = end.remaining().negated();
            // Clocks run at different rates, by a fiftieth at most.
            boolean isEarly = since.compareTo(delay.multipliedBy(9).dividedBy(10)) < 0;
            World.require(
                    !isEarly || now.stream().anyMatch(entry -> entry.key().equals(one.key())),
                    () -> "the lock of one who failed came free " + since + " later: " + one);
        });
    }
}
