package dev.coord.raft.internal.store;

import static java.util.Objects.requireNonNull;

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
    private Window.Builder<Revision> history = Window.<Revision>startingAt(1).toBuilder();
    private final PersistentMap.Builder<String, String> peers =
            PersistentMap.<String, String>empty(Comparator.naturalOrder()).toBuilder();
    private final Map<Long, LeaseState> leases = new TreeMap<>();
    private final Map<Long, PersistentMap.Builder<String, Boolean>> attached = new TreeMap<>();
    private final Map<Long, Window.Builder<Result>> sessions = new TreeMap<>();

    private static <V> PersistentMap.Builder<Long, V> longMap() {
        return PersistentMap.<Long, V>empty(Comparator.naturalOrder()).toBuilder();
    }

    /** Sets the counters. */
    public void counters(long term, long index, long revision, long compactRevision, long lastLease) {
        counters = new State.Counters(term, index, revision, compactRevision, lastLease, 0);
        history = Window.<Revision>startingAt(compactRevision + 1).toBuilder();
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
        leases.put(
                id,
                new LeaseState(id, ttlMillis, ttlMillis, generation, remainingMillis, PersistentMap.empty(Keys.ORDER)));
    }

    /** Sets the validity of a lease, where it is less than the time to live. */
    public void validity(long lease, long millis) {
        if (leases.computeIfPresent(lease, (id, state) -> state.withValidity(millis)) == null) {
            throw new IllegalArgumentException("validity of lease " + lease + ", which does not exist");
        }
    }

    /** Adds a session; the results that it keeps must follow. */
    public void session(long id, long lastSequence, int results) {
        sessions.put(id, Window.<Result>startingAt(lastSequence + 1 - results).toBuilder());
    }

    /** Adds a result that a session keeps; they come in order without a gap, or it is an {@link IllegalArgumentException}. */
    public void result(long session, long sequence, Result result) {
        append(requireNonNull(sessions.get(session)), sequence, result);
    }

    /** Adds a retained revision; they come in order without a gap, or it is an {@link IllegalArgumentException}. */
    public void revision(Revision revision) {
        append(history, revision.number(), revision);
        historyBytes += revision.bytes();
    }

    private static <T> void append(Window.Builder<T> window, long number, T item) {
        if (number != window.end()) {
            throw new IllegalArgumentException("number " + number + " where " + window.end() + " belongs");
        }
        window.append(item);
    }

    /** Adds a registered peer. */
    public void peer(String peer, String directory) {
        peers.put(peer, directory);
    }

    /** Returns the view; if the parts do not fit each other, it is an {@link IllegalArgumentException}. */
    public View build() {
        PersistentMap.Builder<Long, LeaseState> leaseMap = longMap();
        leases.forEach((id, lease) -> {
            PersistentMap.Builder<String, Boolean> keys = attached.get(id);
            leaseMap.put(id, keys == null ? lease : lease.withKeys(keys.build()));
        });
        PersistentMap.Builder<Long, SessionState> sessionMap = longMap();
        sessions.forEach((id, results) -> sessionMap.put(id, new SessionState(results.build())));
        PersistentMap<String, Entry> present = entries.build();
        Window<Revision> past = history.build();
        if (past.end() != counters.revision() + 1) {
            throw new IllegalArgumentException(
                    "history ends before " + past.end() + ", the revision is " + counters.revision());
        }
        return new View(
                counted(), present, leaseMap.build(), sessionMap.build(), past, roots(present, past), peers.build());
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
            PersistentMap<String, Entry> present, Window<Revision> past) {
        PersistentMap.Builder<Long, PersistentMap<String, Entry>> roots = longMap();
        PersistentMap.Builder<String, Entry> tree = present.toBuilder();
        past.forEachDescending(past.first(), past.end(), (number, revision) -> {
            if (number % State.ROOT_INTERVAL == 0) {
                roots.put(number, tree.build());
            }
            View.undo(tree, revision);
            return true;
        });
        return roots.build();
    }
}
