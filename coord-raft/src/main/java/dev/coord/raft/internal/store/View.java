package dev.coord.raft.internal.store;

import dev.coord.CompactedException;
import dev.coord.FutureRevisionException;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The store after one log entry: immutable, read by any thread without coordination.
 *
 * <p>History is the change log of the retained revisions, plus the whole tree at some of them ({@code roots}), at most
 * {@link State#ROOT_INTERVAL} revisions apart. A past state is the next root at or after it with the later changes
 * undone, so keeping a revision costs little more than its changes.
 */
public final class View {
    private final State.Counters counters;
    private final PersistentMap<String, Entry> entries;
    private final PersistentMap<Long, LeaseState> leases;
    private final PersistentMap<Long, SessionState> sessions;
    private final Window<Revision> history;
    private final PersistentMap<Long, PersistentMap<String, Entry>> roots;
    private final PersistentMap<String, String> peers;

    View(
            State.Counters counters,
            PersistentMap<String, Entry> entries,
            PersistentMap<Long, LeaseState> leases,
            PersistentMap<Long, SessionState> sessions,
            Window<Revision> history,
            PersistentMap<Long, PersistentMap<String, Entry>> roots,
            PersistentMap<String, String> peers) {
        this.counters = counters;
        this.entries = entries;
        this.leases = leases;
        this.sessions = sessions;
        this.history = history;
        this.roots = roots;
        this.peers = peers;
    }

    /** The term of the last log entry applied. */
    public long term() {
        return counters.term();
    }

    /** The index of the last log entry applied. */
    public long index() {
        return counters.index();
    }

    /** The latest revision. */
    public long revision() {
        return counters.revision();
    }

    /** The oldest revision that can be read. */
    public long compactRevision() {
        return counters.compactRevision();
    }

    /** About what the history costs, in bytes of memory. */
    public long historyBytes() {
        return counters.historyBytes();
    }

    /** The highest lease id given out. */
    public long lastLease() {
        return counters.lastLease();
    }

    /** The present entries. */
    public PersistentMap<String, Entry> entries() {
        return entries;
    }

    /** The leases by id, sessions among them. */
    public PersistentMap<Long, LeaseState> leases() {
        return leases;
    }

    /** The sessions by id. */
    public PersistentMap<Long, SessionState> sessions() {
        return sessions;
    }

    /** The retained revisions. */
    public Window<Revision> history() {
        return history;
    }

    /** The registered data directory by peer id. */
    public PersistentMap<String, String> peers() {
        return peers;
    }

    PersistentMap<Long, PersistentMap<String, Entry>> roots() {
        return roots;
    }

    /** Reads a key. */
    public @Nullable Entry get(String key) {
        return entries.get(key);
    }

    /** Reads a range. */
    public RangeResult range(RangeQuery query) {
        return range(entries, revision(), query);
    }

    /** Reads a range of a tree. */
    static RangeResult range(SortedView<String, Entry> tree, long revision, RangeQuery query) {
        KeyRange range = query.range();
        String from = range.from();
        int count = tree.count(from, range.to());
        if (query.countOnly()) {
            return new RangeResult(revision, List.of(), count);
        }
        int limit = query.limit() == 0 ? count : Math.min(count, query.limit());
        List<Entry> found = new ArrayList<>(limit);
        if (limit > 0) {
            SortedView.Visitor<String, Entry> collect = (key, entry) -> {
                found.add(query.keysOnly() ? withoutValue(entry) : entry);
                return found.size() < limit;
            };
            if (query.descending()) {
                tree.forEachDescending(from, range.to(), collect);
            } else {
                tree.forEach(from, range.to(), collect);
            }
        }
        return new RangeResult(revision, found, count);
    }

    private static Entry withoutValue(Entry entry) {
        return new Entry(
                entry.key(), Value.EMPTY, entry.createRevision(), entry.modRevision(), entry.version(), entry.lease());
    }

    /** Reads a key as it was just after a revision. */
    public @Nullable Entry getAt(long revision, String key) {
        checkReadable(revision);
        Map.Entry<Long, PersistentMap<String, Entry>> root = roots.ceiling(revision);
        Entry[] found = {root == null ? entries.get(key) : root.getValue().get(key)};
        long end = root == null ? revision() : root.getKey();
        history.forEach(revision + 1, end + 1, (number, changed) -> {
            for (Change change : changed.changes()) {
                if (change.key().equals(key)) {
                    found[0] = change.before();
                    return false;
                }
            }
            return true;
        });
        return found[0];
    }

    /** Reads a range as it was just after a revision. */
    public RangeResult rangeAt(long revision, RangeQuery query) {
        return range(entriesAt(revision), revision, query);
    }

    private PersistentMap<String, Entry> entriesAt(long revision) {
        checkReadable(revision);
        Map.Entry<Long, PersistentMap<String, Entry>> root = roots.ceiling(revision);
        PersistentMap.Builder<String, Entry> tree = (root == null ? entries : root.getValue()).toBuilder();
        long end = root == null ? revision() : root.getKey();
        history.forEachDescending(revision + 1, end + 1, (number, changed) -> {
            undo(tree, changed);
            return true;
        });
        return tree.build();
    }

    static void undo(PersistentMap.Builder<String, Entry> tree, Revision revision) {
        for (Change change : revision.changes()) {
            Entry before = change.before();
            if (before == null) {
                tree.remove(change.key());
            } else {
                tree.put(change.key(), before);
            }
        }
    }

    private void checkReadable(long revision) {
        if (revision < compactRevision()) {
            throw new CompactedException(revision, compactRevision());
        }
        if (revision > revision()) {
            throw new FutureRevisionException(revision, revision());
        }
    }
}
