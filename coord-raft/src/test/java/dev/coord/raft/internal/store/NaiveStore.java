package dev.coord.raft.internal.store;

import static java.util.Objects.requireNonNull;

import dev.coord.CompactedException;
import dev.coord.FutureRevisionException;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.watch.WatchEvent;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The store's semantics in the plainest form, to compare the real one with: a full copy of the state for every revision,
 * everything found by scanning, events found by comparing neighbouring states.
 */
final class NaiveStore {
    private static final Pattern NUMBER = Pattern.compile("0|-?[1-9][0-9]*");

    private final List<NavigableMap<String, Entry>> states = new ArrayList<>();
    private final TreeSet<Long> leases = new TreeSet<>();
    private long lastLease;
    private long compactRevision;

    NaiveStore() {
        states.add(emptyState());
    }

    private static NavigableMap<String, Entry> emptyState() {
        return new TreeMap<>(NaiveStore::compare);
    }

    /** Keys are ordered by their bytes: not by way of the code under test. */
    static int compare(String a, String b) {
        return Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean contains(KeyRange range, String key) {
        String end = range.to();
        return compare(range.from(), key) <= 0 && (end == null || compare(key, end) < 0);
    }

    long revision() {
        return states.size() - 1L;
    }

    long compactRevision() {
        return compactRevision;
    }

    long lastLease() {
        return lastLease;
    }

    List<Long> leases() {
        return List.copyOf(leases);
    }

    /** The present entries in key order. */
    List<Entry> entries() {
        return List.copyOf(present().values());
    }

    private NavigableMap<String, Entry> present() {
        return states.get(states.size() - 1);
    }

    Result transact(List<Guard> guards, List<Op> then, List<Op> otherwise) {
        boolean succeeded = guards.stream().allMatch(this::holds);
        List<Op> branch = succeeded ? then : otherwise;
        for (Op op : branch) {
            if (op instanceof Op.Put put && put.lease() != 0 && !leases.contains(put.lease())) {
                return new Result.LeaseNotFound(put.lease());
            }
        }
        for (Op op : branch) {
            Result refusal = op instanceof Op.Add add ? refusal(add) : null;
            if (refusal != null) {
                return refusal;
            }
        }
        NavigableMap<String, Entry> state = copy();
        List<OpResult> results = new ArrayList<>();
        for (Op op : branch) {
            results.add(run(op, state));
        }
        keep(state);
        return new Result.Transacted(new TxnResult(succeeded, revision(), results));
    }

    private @Nullable Result refusal(Op.Add add) {
        Entry entry = present().get(add.key());
        if (entry == null) {
            return null;
        }
        // Malformed bytes would be read as question marks, which are no digits either.
        String text = new String(entry.value().toByteArray(), StandardCharsets.US_ASCII);
        if (!NUMBER.matcher(text).matches() || !isLong(new BigInteger(text))) {
            return new Result.NotANumber(add.key(), entry.value().size());
        }
        return isLong(new BigInteger(text).add(BigInteger.valueOf(add.delta())))
                ? null
                : new Result.Overflow(add.key(), Long.parseLong(text), add.delta());
    }

    private static boolean isLong(BigInteger number) {
        return number.bitLength() < Long.SIZE;
    }

    private NavigableMap<String, Entry> copy() {
        NavigableMap<String, Entry> copy = emptyState();
        copy.putAll(present());
        return copy;
    }

    private void keep(NavigableMap<String, Entry> state) {
        if (differs(state)) {
            states.add(state);
        }
    }

    private boolean differs(NavigableMap<String, Entry> state) {
        return !List.copyOf(state.values()).equals(entries());
    }

    private OpResult run(Op op, NavigableMap<String, Entry> state) {
        if (op instanceof Op.Put put) {
            return put(put, state);
        }
        if (op instanceof Op.Get get) {
            return new OpResult.Get(state.get(get.key()));
        }
        if (op instanceof Op.Add add) {
            return add(add, state);
        }
        if (op instanceof Op.Range range) {
            long seen = differs(state) ? revision() + 1 : revision();
            return new OpResult.Range(read(state, seen, range.query()));
        }
        if (op instanceof Op.Delete delete) {
            return delete(KeyRange.key(delete.key()), state);
        }
        return delete(((Op.DeleteRange) op).range(), state);
    }

    private OpResult put(Op.Put put, NavigableMap<String, Entry> state) {
        Entry before = state.get(put.key());
        long next = revision() + 1;
        long created = before == null ? next : before.createRevision();
        long version = before == null ? 1 : before.version() + 1;
        state.put(put.key(), new Entry(put.key(), put.value(), created, next, version, put.lease()));
        return new OpResult.Put(before);
    }

    private OpResult add(Op.Add add, NavigableMap<String, Entry> state) {
        Entry before = state.get(add.key());
        BigInteger sum = new BigInteger(before == null ? "0" : before.text()).add(BigInteger.valueOf(add.delta()));
        put(new Op.Put(add.key(), Value.of(sum.toString()), before == null ? 0 : before.lease()), state);
        return new OpResult.Add(requireNonNull(state.get(add.key())));
    }

    private static OpResult delete(KeyRange range, NavigableMap<String, Entry> state) {
        List<Entry> deleted = scan(state, range);
        deleted.forEach(entry -> state.remove(entry.key()));
        return new OpResult.Delete(deleted);
    }

    private static List<Entry> scan(NavigableMap<String, Entry> state, KeyRange range) {
        return state.values().stream()
                .filter(entry -> contains(range, entry.key()))
                .toList();
    }

    private static RangeResult read(NavigableMap<String, Entry> state, long revision, RangeQuery query) {
        List<Entry> all = new ArrayList<>(scan(state, query.range()));
        int count = all.size();
        if (query.descending()) {
            Collections.reverse(all);
        }
        if (query.limit() > 0 && query.limit() < count) {
            all = all.subList(0, query.limit());
        }
        if (query.keysOnly()) {
            all.replaceAll(entry -> new Entry(
                    entry.key(),
                    Value.EMPTY,
                    entry.createRevision(),
                    entry.modRevision(),
                    entry.version(),
                    entry.lease()));
        }
        return new RangeResult(revision, query.countOnly() ? List.of() : all, count);
    }

    private boolean holds(Guard guard) {
        List<Entry> entries = scan(present(), guard.range());
        if (guard.target() == Guard.Target.COUNT) {
            return related(guard.relation(), Long.compare(entries.size(), guard.number()));
        }
        if (entries.isEmpty() && guard.range().isSingleKey()) {
            return guard.target() != Guard.Target.VALUE && related(guard.relation(), Long.compare(0, guard.number()));
        }
        return entries.stream().allMatch(entry -> related(guard.relation(), compare(guard, entry)));
    }

    private static int compare(Guard guard, Entry entry) {
        Value wanted = guard.value();
        if (wanted != null) {
            return Arrays.compareUnsigned(entry.value().toByteArray(), wanted.toByteArray());
        }
        long number = switch (guard.target()) {
            case VERSION -> entry.version();
            case CREATE_REVISION -> entry.createRevision();
            case MOD_REVISION -> entry.modRevision();
            case LEASE -> entry.lease();
            case VALUE, COUNT -> throw new IllegalArgumentException("not a number of an entry: " + guard);
        };
        return Long.compare(number, guard.number());
    }

    private static boolean related(Guard.Relation relation, int comparison) {
        return switch (relation) {
            case EQUAL -> comparison == 0;
            case NOT_EQUAL -> comparison != 0;
            case LESS -> comparison < 0;
            case GREATER -> comparison > 0;
        };
    }

    long grant() {
        leases.add(++lastLease);
        return lastLease;
    }

    /** The keys attached to a lease, in key order. */
    List<String> keysOf(long lease) {
        return entries().stream()
                .filter(entry -> entry.lease() == lease)
                .map(Entry::key)
                .toList();
    }

    /** Ends a lease, by revocation or expiry, with all its keys. */
    boolean end(long lease) {
        if (!leases.remove(lease)) {
            return false;
        }
        NavigableMap<String, Entry> state = copy();
        state.values().removeIf(entry -> entry.lease() == lease);
        keep(state);
        return true;
    }

    void compact(long revision) {
        if (revision > compactRevision && revision <= revision()) {
            compactRevision = revision;
        }
    }

    @Nullable
    Entry getAt(long revision, String key) {
        return stateAt(revision).get(key);
    }

    RangeResult rangeAt(long revision, RangeQuery query) {
        return read(stateAt(revision), revision, query);
    }

    private NavigableMap<String, Entry> stateAt(long revision) {
        if (revision < compactRevision) {
            throw new CompactedException(revision, compactRevision);
        }
        if (revision > revision()) {
            throw new FutureRevisionException(revision, revision());
        }
        return states.get((int) revision);
    }

    /** The events of a revision in key order, with previous entries. */
    List<WatchEvent> events(long revision) {
        if (revision <= compactRevision) {
            throw new CompactedException(revision, compactRevision);
        }
        NavigableMap<String, Entry> before = states.get((int) revision - 1);
        NavigableMap<String, Entry> after = states.get((int) revision);
        NavigableMap<String, Entry> either = emptyState();
        either.putAll(before);
        either.putAll(after);
        List<WatchEvent> events = new ArrayList<>();
        for (String key : either.keySet()) {
            Entry old = before.get(key);
            Entry written = after.get(key);
            if (written == null) {
                events.add(new WatchEvent(WatchEvent.Kind.DELETE, key, null, old));
            } else if (!written.equals(old)) {
                events.add(new WatchEvent(WatchEvent.Kind.PUT, key, written, old));
            }
        }
        return events;
    }
}
