package dev.coord.testkit.history;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the documentation of {@link dev.coord.kv} says that the store does, on a plain sorted map: written from the
 * documentation and apart from the store's own code, so that a mistake there is not made here too.
 *
 * <p>What {@link #run} or {@link #end} did is pending until it is committed, which gives it the next revision, or rolled
 * back.
 */
final class Model {
    private static final Pattern NUMBER = Pattern.compile("0|-?[1-9][0-9]{0,18}");

    private final TreeMap<String, Entry> entries;
    private final Map<Long, TreeSet<String>> attached;
    private final Layered<Long, Boolean> ended;
    private long revision;
    private long fingerprint;
    private final List<Change> pending = new ArrayList<>();
    private long ending;

    Model() {
        entries = new TreeMap<>(Keys.ORDER);
        attached = new HashMap<>();
        ended = new Layered<>();
    }

    private Model(Model other) {
        entries = new TreeMap<>(other.entries);
        attached = new HashMap<>();
        other.attached.forEach((lease, keys) -> attached.put(lease, new TreeSet<>(keys)));
        ended = other.ended.copy();
        revision = other.revision;
        fingerprint = other.fingerprint;
    }

    /** Whether two models may hold the same, by a sum over their entries: if they may not they do not. */
    boolean mayHaveSameEntries(Model other) {
        return fingerprint == other.fingerprint && entries.size() == other.entries.size();
    }

    /** Whether two models hold the same. */
    boolean hasSameEntries(Model other) {
        return entries.equals(other.entries);
    }

    /** The leases that have ended in one of two models only. */
    Set<Long> endedDifferently(Model other) {
        return ended.inOneOf(other.ended);
    }

    /** The leases that have ended. */
    Layered<Long, Boolean> ended() {
        return ended;
    }

    Model copy() {
        return new Model(this);
    }

    long revision() {
        return revision;
    }

    @Nullable
    Entry get(String key) {
        return entries.get(key);
    }

    /** The leases that keys are attached to. */
    Collection<Long> leasesWithKeys() {
        return attached.keySet();
    }

    /** Runs a transaction; null if it is refused: it names a lease that has ended, or adds to what is no number. */
    @Nullable
    TxnResult run(Input.Transact txn) {
        boolean succeeded = Guards.hold(txn.guards(), entries);
        List<Op> branch = txn.branch(succeeded);
        for (Op op : branch) {
            if (op instanceof Op.Put put && ended.has(put.lease())) {
                return null;
            }
            if (op instanceof Op.Add add && sum(add) == null) {
                return null;
            }
        }
        List<OpResult> results = new ArrayList<>(branch.size());
        for (Op op : branch) {
            results.add(step(op));
        }
        return new TxnResult(succeeded, pendingRevision(), results);
    }

    /** Ends a lease, with its keys. */
    void end(long lease) {
        ending = lease;
        for (String key : new ArrayList<>(attached.getOrDefault(lease, new TreeSet<>()))) {
            delete(key);
        }
    }

    private long pendingRevision() {
        return pending.isEmpty() ? revision : revision + 1;
    }

    private OpResult step(Op op) {
        if (op instanceof Op.Put put) {
            return new OpResult.Put(put(put));
        }
        if (op instanceof Op.Get get) {
            return new OpResult.Get(entries.get(get.key()));
        }
        if (op instanceof Op.Range range) {
            return new OpResult.Range(range(range.query()));
        }
        if (op instanceof Op.Add add) {
            return new OpResult.Add(add(add));
        }
        if (op instanceof Op.Delete delete) {
            Entry before = delete(delete.key());
            return new OpResult.Delete(before == null ? List.of() : List.of(before));
        }
        List<Entry> doomed =
                new ArrayList<>(within(((Op.DeleteRange) op).range()).values());
        doomed.forEach(entry -> delete(entry.key()));
        return new OpResult.Delete(doomed);
    }

    private @Nullable Entry put(Op.Put put) {
        Entry before = entries.get(put.key());
        long next = revision + 1;
        replace(
                put.key(),
                before,
                before == null
                        ? new Entry(put.key(), put.value(), next, next, 1, put.lease())
                        : new Entry(
                                put.key(),
                                put.value(),
                                before.createRevision(),
                                next,
                                before.version() + 1,
                                put.lease()));
        return before;
    }

    private Entry add(Op.Add add) {
        Entry before = entries.get(add.key());
        put(new Op.Put(add.key(), requireNonNull(sum(add)), before == null ? 0 : before.lease()));
        return requireNonNull(entries.get(add.key()));
    }

    private @Nullable Value sum(Op.Add add) {
        Entry entry = entries.get(add.key());
        return sum(entry == null ? null : entry.value(), add.delta());
    }

    /** What a value and a number come to, null if the value is no number or the sum is none; no value counts as 0. */
    static @Nullable Value sum(@Nullable Value value, long delta) {
        String text = value == null ? "0" : value.asString();
        if (!NUMBER.matcher(text).matches()) {
            return null;
        }
        BigInteger number = new BigInteger(text);
        BigInteger sum = number.add(BigInteger.valueOf(delta));
        return isLong(number) && isLong(sum) ? Value.of(sum.toString()) : null;
    }

    private static boolean isLong(BigInteger number) {
        return number.bitLength() < Long.SIZE;
    }

    private @Nullable Entry delete(String key) {
        Entry before = entries.get(key);
        if (before != null) {
            replace(key, before, null);
        }
        return before;
    }

    private void replace(String key, @Nullable Entry before, @Nullable Entry after) {
        set(key, before, after);
        pending.add(new Change(key, after, before));
    }

    private void set(String key, @Nullable Entry from, @Nullable Entry to) {
        fingerprint += mixed(to) - mixed(from);
        if (to == null) {
            entries.remove(key);
        } else {
            entries.put(key, to);
        }
        long oldLease = from == null ? 0 : from.lease();
        long newLease = to == null ? 0 : to.lease();
        if (oldLease != newLease) {
            detach(key, oldLease);
            if (newLease != 0) {
                attached.computeIfAbsent(newLease, lease -> new TreeSet<>(Keys.ORDER))
                        .add(key);
            }
        }
    }

    private static long mixed(@Nullable Entry entry) {
        if (entry == null) {
            return 0;
        }
        long bits = (entry.modRevision() << 32)
                ^ entry.hashCode()
                ^ ((long) entry.key().hashCode() << 16);
        bits = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
        return bits ^ (bits >>> 31);
    }

    private void detach(String key, long lease) {
        TreeSet<String> keys = attached.get(lease);
        if (keys != null) {
            keys.remove(key);
            if (keys.isEmpty()) {
                attached.remove(lease);
            }
        }
    }

    /** What is pending, in key order. */
    List<Change> pending() {
        if (pending.size() > 1) {
            pending.sort(Comparator.comparing(Change::key, Keys.ORDER));
        }
        return List.copyOf(pending);
    }

    /** Makes what is pending the next revision, if there is anything. */
    void commit() {
        if (!pending.isEmpty()) {
            revision++;
            pending.clear();
        }
        if (ending != 0) {
            ended.put(ending, true);
            ending = 0;
        }
    }

    /** Undoes what is pending. */
    void rollback() {
        for (Change change : pending) {
            set(change.key(), change.after(), change.before());
        }
        pending.clear();
        ending = 0;
    }

    /** Reads a range. */
    RangeResult range(RangeQuery query) {
        NavigableMap<String, Entry> all = within(query.range());
        List<Entry> found = new ArrayList<>();
        if (!query.countOnly()) {
            for (Entry entry : (query.descending() ? all.descendingMap() : all).values()) {
                if (query.limit() != 0 && found.size() == query.limit()) {
                    break;
                }
                found.add(query.keysOnly() ? withoutValue(entry) : entry);
            }
        }
        return new RangeResult(pendingRevision(), found, all.size());
    }

    private static Entry withoutValue(Entry entry) {
        return new Entry(
                entry.key(), Value.EMPTY, entry.createRevision(), entry.modRevision(), entry.version(), entry.lease());
    }

    private NavigableMap<String, Entry> within(KeyRange range) {
        return Guards.within(entries, range);
    }
}
