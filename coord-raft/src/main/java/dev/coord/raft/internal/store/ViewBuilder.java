package dev.coord.raft.internal.store;

import dev.coord.kv.Entry;
import dev.coord.kv.Keys;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** Puts a view together from what a snapshot holds: what can be derived is derived here. */
public final class ViewBuilder {
    private long historyBytes;
    private State.Counters counters = new State.Counters(0, -1, 0, 0, 0, 0);
    private final PersistentMap.Builder<String, Entry> entries =
            PersistentMap.<String, Entry>empty(Keys.ORDER).toBuilder();
    private final PersistentMap.Builder<Long, Revision> history = longMap();
    private final PersistentMap.Builder<String, String> peers =
            PersistentMap.<String, String>empty(Comparator.naturalOrder()).toBuilder();
    private final Map<Long, LeaseState> leases = new TreeMap<>();
    private final Map<Long, PersistentMap.Builder<String, Boolean>> attached = new TreeMap<>();
    private final Map<Long, Long> sequences = new TreeMap<>();
    private final Map<Long, PersistentMap.Builder<Long, Result>> results = new TreeMap<>();

    private static <V> PersistentMap.Builder<Long, V> longMap() {
        return PersistentMap.<Long, V>empty(Comparator.naturalOrder()).toBuilder();
    }

    /** Sets the counters. */
    public void counters(long term, long index, long revision, long compactRevision, long lastLease) {
        counters = new State.Counters(term, index, revision, compactRevision, lastLease, 0);
    }

    /** Adds a present entry; they come in key order, or it is an {@link IllegalArgumentException}. */
    public void entry(Entry entry) {
        entries.append(entry.key(), entry);
        if (entry.lease() != 0) {
            attached.computeIfAbsent(entry.lease(), id -> PersistentMap.<String, Boolean>empty(Keys.ORDER).toBuilder())
                    .put(entry.key(), true);
        }
    }

    /** Adds a lease; its keys follow from the entries. */
    public void lease(long id, long ttlMillis, long generation, long remainingMillis) {
        leases.put(id, new LeaseState(id, ttlMillis, generation, remainingMillis, PersistentMap.empty(Keys.ORDER)));
    }

    /** Adds a session. */
    public void session(long id, long lastSequence) {
        sequences.put(id, lastSequence);
        results.put(id, longMap());
    }

    /** Adds a result that a session keeps. */
    public void result(long session, long sequence, Result result) {
        results.getOrDefault(session, longMap()).put(sequence, result);
    }

    /** Adds a retained revision; they come in order, or it is an {@link IllegalArgumentException}. */
    public void revision(Revision revision) {
        history.append(revision.number(), revision);
        historyBytes += revision.bytes();
    }

    /** Adds a registered peer. */
    public void peer(String peer, String directory) {
        peers.put(peer, directory);
    }

    /** Returns the view. */
    public View build() {
        PersistentMap.Builder<Long, LeaseState> leaseMap = longMap();
        leases.forEach((id, lease) -> {
            PersistentMap.Builder<String, Boolean> keys = attached.get(id);
            leaseMap.put(id, keys == null ? lease : lease.withKeys(keys.build()));
        });
        PersistentMap.Builder<Long, SessionState> sessions = longMap();
        sequences.forEach((id, last) -> sessions.put(
                id, new SessionState(last, results.getOrDefault(id, longMap()).build())));
        PersistentMap<String, Entry> present = entries.build();
        PersistentMap<Long, Revision> past = history.build();
        return new View(
                counted(), present, leaseMap.build(), sessions.build(), past, roots(present, past), peers.build());
    }

    private State.Counters counted() {
        return new State.Counters(
                counters.term(),
                counters.index(),
                counters.revision(),
                counters.compactRevision(),
                counters.lastLease(),
                historyBytes);
    }

    private static PersistentMap<Long, PersistentMap<String, Entry>> roots(
            PersistentMap<String, Entry> present, PersistentMap<Long, Revision> past) {
        PersistentMap.Builder<Long, PersistentMap<String, Entry>> roots = longMap();
        PersistentMap.Builder<String, Entry> tree = present.toBuilder();
        past.forEachDescending(null, null, (number, revision) -> {
            if (number % State.ROOT_INTERVAL == 0) {
                roots.put(number, tree.build());
            }
            View.undo(tree, revision);
            return true;
        });
        return roots.build();
    }
}
