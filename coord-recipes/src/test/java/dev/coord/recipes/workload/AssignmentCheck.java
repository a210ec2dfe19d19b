package dev.coord.recipes.workload;

import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.assignment.PartitionOwnership;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.watch.WatchEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold of an assignment at every moment: in the store, as its log tells, and in the minds of owners. */
final class AssignmentCheck {
    /** A loss is signalled within this, once the peer runs. */
    private static final long SIGNAL_NANOS = 1_000_000_000L;

    private final SimulatedCluster cluster;
    private final String path;
    private final Map<String, String> targets = new HashMap<>();
    private final Map<String, Long> tokens = new HashMap<>();
    private final Map<String, Long> outside = new HashMap<>();
    private final Map<PartitionOwnership, Long> invalidSince = new HashMap<>();
    private final Set<String> touched = new HashSet<>();
    private long told;
    private long term;
    private @Nullable AssertionError failure;

    AssignmentCheck(SimulatedCluster cluster, String path) {
        this.cluster = cluster;
        this.path = path;
    }

    void fail(AssertionError error) {
        if (failure == null) {
            failure = error;
        }
    }

    void throwFailure() {
        AssertionError found = failure;
        if (found != null) {
            throw found;
        }
    }

    /** Someone else has deleted the owner's key. */
    void touch(String partition) {
        touched.add(partition);
    }

    boolean isTouched(PartitionOwnership ownership) {
        return touched.contains(ownership.partition());
    }

    /** For callbacks, from which an error would get no further. */
    void that(boolean holds, String otherwise, PartitionOwnership ownership) {
        if (!holds) {
            fail(new AssertionError(otherwise + ": " + ownership));
        }
    }

    /** Whoever is granted a partition has a greater token than all before, if it is valid. */
    void granted(PartitionOwnership ownership) {
        long token = ownership.fencingToken();
        long before = tokens.getOrDefault(ownership.partition(), 0L);
        if (ownership.isValid()) {
            that(token > before, "tokens do not grow beyond " + before, ownership);
        }
        tokens.put(ownership.partition(), Math.max(before, token));
    }

    /** A resource that knows tokens accepts those who believe, as they are right. */
    void writesOutside(PartitionOwnership ownership) {
        if (ownership.isValid() && !isTouched(ownership)) {
            long greatest = outside.getOrDefault(ownership.partition(), 0L);
            that(ownership.fencingToken() >= greatest, "a valid owner is fenced off by " + greatest, ownership);
            outside.put(ownership.partition(), ownership.fencingToken());
        }
    }

    /** Whoever believes to own does, in the store; so no two do. It may take a while to hear that others deleted the key. */
    void believes(PartitionOwnership ownership) {
        long token = cluster.committed(ownership.guard().range().from())
                .map(Entry::createRevision)
                .orElse(0L);
        World.require(
                token == ownership.fencingToken() || isTouched(ownership),
                () -> "an owner believes in a key that is gone: " + ownership);
    }

    /** A loss is signalled soon. Called now and then, while the owner's process runs. */
    void signals(PartitionOwnership ownership, boolean runs) {
        if (ownership.isValid() || ownership.lost().isDone() || !runs) {
            invalidSince.remove(ownership);
            return;
        }
        long now = cluster.ticker().nanos();
        long since = invalidSince.computeIfAbsent(ownership, each -> now);
        that(now - since < SIGNAL_NANOS, "a loss is not signalled", ownership);
    }

    // ---- the log

    /** Looks at what was committed since. */
    void follow() {
        List<WatchEvent> changes;
        while (!(changes = cluster.committedChanges(told + 1)).isEmpty()) {
            told++;
            changes.forEach(this::follow);
        }
        RangeResult now = cluster.committed(RangeQuery.of(KeyRange.prefix(path + "/t/")));
        if (now.revision() > told) {
            // So much at once that it is history already.
            told = now.revision();
            targets.clear();
            now.entries().forEach(entry -> targets.put(partition(entry.key()), memberOf(entry)));
        }
    }

    private void follow(WatchEvent change) {
        if (change.key().startsWith(path + "/t/")) {
            target(change.key(), change.after());
        } else if (change.key().startsWith(path + "/o/") && change.after() != null) {
            owner(change, change.after());
        }
    }

    private void target(String key, @Nullable Entry after) {
        if (after == null) {
            targets.remove(partition(key));
            return;
        }
        long by = Long.parseLong(after.text().substring(0, after.text().indexOf(' ')));
        World.require(by >= term, () -> "a former leader decides: " + after + " after term " + term);
        term = by;
        targets.put(partition(key), memberOf(after));
    }

    private void owner(WatchEvent change, Entry after) {
        World.require(change.before() == null, () -> "owned twice: " + after + " though there was " + change.before());
        World.require(
                memberOf(after).equals(targets.get(partition(change.key()))),
                () -> "taken by one that was not to have it: " + after);
    }

    private String partition(String key) {
        return key.substring(path.length() + "/t/".length());
    }

    static String memberOf(Entry entry) {
        return entry.text().substring(entry.text().indexOf(' ') + 1);
    }
}
