package dev.coord.raft.internal.store;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Entry;
import dev.coord.kv.Keys;
import dev.coord.kv.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The working state between two views: what a {@link View} holds, in builders that share everything with it that is not
 * touched. One writer.
 */
final class State {
    /** The most revisions between two retained trees. */
    static final int ROOT_INTERVAL = 64;

    /** The numbers of a state. */
    record Counters(long term, long index, long revision, long compactRevision, long lastLease, long historyBytes) {}

    static final View EMPTY = new View(
            new Counters(0, -1, 0, 0, 0, 0),
            PersistentMap.empty(Keys.ORDER),
            PersistentMap.empty(Comparator.<Long>naturalOrder()),
            PersistentMap.empty(Comparator.<Long>naturalOrder()),
            Window.startingAt(1),
            PersistentMap.empty(Comparator.<Long>naturalOrder()),
            PersistentMap.empty(Comparator.<String>naturalOrder()));

    final PersistentMap.Builder<String, Entry> entries;
    final PersistentMap.Builder<Long, LeaseState> leases;
    final PersistentMap.Builder<Long, SessionState> sessions;
    final Window.Builder<Revision> history;
    final PersistentMap.Builder<Long, PersistentMap<String, Entry>> roots;
    final PersistentMap.Builder<String, String> peers;

    private long revision;
    private long compactRevision;
    private long lastLease;
    private long lastRoot;
    private long historyBytes;
    private final List<Change> pending = new ArrayList<>();

    State(View view) {
        entries = view.entries().toBuilder();
        leases = view.leases().toBuilder();
        sessions = view.sessions().toBuilder();
        history = view.history().toBuilder();
        roots = view.roots().toBuilder();
        peers = view.peers().toBuilder();
        revision = view.revision();
        compactRevision = view.compactRevision();
        lastLease = view.lastLease();
        historyBytes = view.historyBytes();
        Long last = view.roots().lastKey();
        lastRoot = last == null ? 0 : last;
    }

    View view(long term, long index) {
        PersistentMap<String, Entry> tree = entries.build();
        if (revision - lastRoot >= ROOT_INTERVAL) {
            roots.put(revision, tree);
            lastRoot = revision;
        }
        return new View(
                new Counters(term, index, revision, compactRevision, lastLease, historyBytes),
                tree,
                leases.build(),
                sessions.build(),
                history.build(),
                roots.build(),
                peers.build());
    }

    long revision() {
        return revision;
    }

    long nextLease() {
        return ++lastLease;
    }

    /** The revision that the writes since the last {@link #commit} will carry, or the current one if there are none. */
    long pendingRevision() {
        return pending.isEmpty() ? revision : revision + 1;
    }

    /** Writes a key and returns the entry that was there. */
    @Nullable
    Entry put(String key, Value value, long lease) {
        Entry before = entries.get(key);
        long next = revision + 1;
        Entry after = before == null
                ? new Entry(key, value, next, next, 1, lease)
                : new Entry(key, value, before.createRevision(), next, before.version() + 1, lease);
        entries.put(key, after);
        if (before == null || before.lease() != lease) {
            detach(before);
            attach(after);
        }
        pending.add(new Change(key, after, before));
        return before;
    }

    @Nullable
    Entry delete(String key) {
        Entry before = entries.get(key);
        if (before != null) {
            entries.remove(key);
            detach(before);
            pending.add(new Change(key, null, before));
        }
        return before;
    }

    private void attach(Entry entry) {
        if (entry.lease() != 0) {
            LeaseState lease = requireNonNull(leases.get(entry.lease()));
            leases.put(lease.id(), lease.withKeys(lease.keys().with(entry.key(), true)));
        }
    }

    private void detach(@Nullable Entry entry) {
        if (entry != null && entry.lease() != 0) {
            LeaseState lease = leases.get(entry.lease());
            // A lease that is ending has left the table before its keys go.
            if (lease != null) {
                leases.put(lease.id(), lease.withKeys(lease.keys().without(entry.key())));
            }
        }
    }

    /** Gives the writes since the last commit their revision, if there are any. */
    void commit() {
        if (pending.isEmpty()) {
            return;
        }
        if (pending.size() > 1) {
            pending.sort((a, b) -> Keys.compare(a.key(), b.key()));
        }
        revision++;
        Revision committed = new Revision(revision, pending);
        history.append(committed);
        historyBytes += committed.bytes();
        pending.clear();
    }

    LeaseState grant(long ttlMillis, long validityMillis) {
        LeaseState lease =
                new LeaseState(nextLease(), ttlMillis, validityMillis, 0, ttlMillis, PersistentMap.empty(Keys.ORDER));
        leases.put(lease.id(), lease);
        return lease;
    }

    /** Ends a lease and deletes its keys at one revision. */
    void end(LeaseState lease) {
        leases.remove(lease.id());
        sessions.remove(lease.id());
        lease.keys().forEach(null, null, (key, attached) -> {
            delete(key);
            return true;
        });
        commit();
    }

    /** Drops the history up to and including the revision, which itself stays readable. */
    void compact(long upTo) {
        if (upTo <= compactRevision || upTo > revision) {
            return;
        }
        for (long number = compactRevision + 1; number <= upTo; number++) {
            historyBytes -= requireNonNull(history.get(number)).bytes();
        }
        history.dropUpTo(upTo);
        Map.Entry<Long, PersistentMap<String, Entry>> root;
        while ((root = roots.lower(upTo)) != null) {
            roots.remove(root.getKey());
        }
        compactRevision = upTo;
    }
}
