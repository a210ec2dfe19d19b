package dev.coord.recipes.fake;

import static java.util.Objects.requireNonNull;

import dev.coord.AddRefusedException;
import dev.coord.CoordException.Outcome;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.watch.WatchEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The replicated state, with all its past. */
public final class FakeStore {
    record Version(long revision, SortedMap<String, Entry> state, List<WatchEvent> events) {}

    private final FakeWorld world;
    private final List<Version> versions = new ArrayList<>();
    private final Map<Long, Long> sessionEnds = new HashMap<>();
    private final List<Long> detached = new ArrayList<>();
    private long sessionIds = 100;

    FakeStore(FakeWorld world) {
        this.world = world;
        versions.add(new Version(0, new TreeMap<>(Keys.ORDER), List.of()));
    }

    public long revision() {
        return versions.size() - 1L;
    }

    Version version(long revision) {
        return versions.get((int) revision);
    }

    private SortedMap<String, Entry> state() {
        return version(revision()).state;
    }

    public List<Entry> entries(String prefix) {
        return read(RangeQuery.of(KeyRange.prefix(prefix)), revision()).entries();
    }

    public boolean holds(Guard guard) {
        return holds(guard, state());
    }

    /** Deletes a key as an operator would. */
    public void delete(String key) {
        apply(0, List.of(), List.of(Op.delete(key)), List.of());
    }

    /** How many leases there are that are no sessions. */
    public int detachedLeases() {
        return (int) detached.stream().filter(this::isSession).count();
    }

    long openLease(long ttlNanos) {
        long id = openSession(ttlNanos);
        detached.add(id);
        return id;
    }

    long openSession(long ttlNanos) {
        long id = ++sessionIds;
        keepAlive(id, ttlNanos, true);
        return id;
    }

    boolean keepAlive(long id, long ttlNanos, boolean opening) {
        if (!opening && !sessionEnds.containsKey(id)) {
            return false;
        }
        long end = world.now() + ttlNanos;
        sessionEnds.put(id, end);
        world.post(null, ttlNanos, () -> {
            Long current = sessionEnds.get(id);
            if (current != null && current <= world.now()) {
                endSession(id);
            }
        });
        return true;
    }

    void endSession(long id) {
        if (sessionEnds.remove(id) == null) {
            return;
        }
        List<Op> deletes = new ArrayList<>();
        state().values().stream()
                .filter(entry -> entry.lease() == id)
                .forEach(entry -> deletes.add(Op.delete(entry.key())));
        apply(0, List.of(), deletes, List.of());
    }

    boolean isSession(long id) {
        return sessionEnds.containsKey(id);
    }

    TxnResult apply(long session, List<Guard> guards, List<Op> then, List<Op> otherwise) {
        if (session != 0 && !sessionEnds.containsKey(session)) {
            throw new SessionExpiredException(Outcome.NOT_APPLIED, "session " + session);
        }
        boolean succeeded = guards.stream().allMatch(guard -> holds(guard, state()));
        checkAdds(succeeded ? then : otherwise, state());
        SortedMap<String, Entry> next = new TreeMap<>(state());
        List<WatchEvent> events = new ArrayList<>();
        List<OpResult> results = new ArrayList<>();
        for (Op op : succeeded ? then : otherwise) {
            results.add(step(op, next, events));
        }
        if (!events.isEmpty()) {
            versions.add(new Version(revision() + 1, next, List.copyOf(events)));
            world.committed();
        }
        return new TxnResult(succeeded, revision(), results);
    }

    private OpResult step(Op op, SortedMap<String, Entry> next, List<WatchEvent> events) {
        if (op instanceof Op.Put put) {
            return put(put, next, events);
        } else if (op instanceof Op.Get get) {
            return new OpResult.Get(next.get(get.key()));
        } else if (op instanceof Op.Range range) {
            return new OpResult.Range(read(range.query(), next, revision() + (events.isEmpty() ? 0 : 1)));
        } else if (op instanceof Op.Delete delete) {
            Entry before = next.remove(delete.key());
            if (before == null) {
                return new OpResult.Delete(List.of());
            }
            events.add(new WatchEvent(WatchEvent.Kind.DELETE, delete.key(), null, before));
            return new OpResult.Delete(List.of(before));
        }
        if (op instanceof Op.Add add) {
            return add(add, next, events);
        }
        throw new IllegalArgumentException("not faked: " + op);
    }

    /** Refuses before anything of the transaction has run. */
    private static void checkAdds(List<Op> branch, SortedMap<String, Entry> state) {
        for (Op op : branch) {
            if (op instanceof Op.Add add) {
                sum(add, state.get(add.key()));
            }
        }
    }

    private static long sum(Op.Add add, @Nullable Entry before) {
        String text = before == null ? "0" : before.text();
        try {
            return Math.addExact(Long.parseLong(text), add.delta());
        } catch (NumberFormatException e) {
            throw new AddRefusedException(add.key(), AddRefusedException.Reason.NOT_A_NUMBER, text);
        } catch (ArithmeticException e) {
            throw new AddRefusedException(add.key(), AddRefusedException.Reason.OVERFLOW, text);
        }
    }

    private OpResult add(Op.Add add, SortedMap<String, Entry> next, List<WatchEvent> events) {
        Entry before = next.get(add.key());
        Value sum = Value.of(Long.toString(sum(add, before)));
        put(new Op.Put(add.key(), sum, before == null ? 0 : before.lease()), next, events);
        return new OpResult.Add(requireNonNull(next.get(add.key())));
    }

    private OpResult put(Op.Put put, SortedMap<String, Entry> next, List<WatchEvent> events) {
        long revision = revision() + 1;
        Entry before = next.get(put.key());
        Entry after = new Entry(
                put.key(),
                put.value(),
                before == null ? revision : before.createRevision(),
                revision,
                before == null ? 1 : before.version() + 1,
                put.lease());
        next.put(put.key(), after);
        events.add(new WatchEvent(WatchEvent.Kind.PUT, put.key(), after, before));
        return new OpResult.Put(before);
    }

    RangeResult read(RangeQuery query, long revision) {
        return read(query, version(revision).state, revision);
    }

    private static RangeResult read(RangeQuery query, SortedMap<String, Entry> state, long revision) {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : state.values()) {
            if (query.range().contains(entry.key())) {
                found.add(query.keysOnly() ? withoutValue(entry) : entry);
            }
        }
        int count = found.size();
        if (query.descending()) {
            Collections.reverse(found);
        }
        int most = query.countOnly() ? 0 : query.limit() == 0 ? count : Math.min(count, query.limit());
        return new RangeResult(revision, found.subList(0, most), count);
    }

    private static Entry withoutValue(Entry entry) {
        return new Entry(
                entry.key(), Value.EMPTY, entry.createRevision(), entry.modRevision(), entry.version(), entry.lease());
    }

    private static boolean holds(Guard guard, SortedMap<String, Entry> state) {
        List<Entry> entries = read(RangeQuery.of(guard.range()), state, 0).entries();
        if (guard.target() == Guard.Target.COUNT) {
            return compare(entries.size(), guard);
        }
        if (guard.range().isSingleKey() && entries.isEmpty()) {
            return guard.target() != Guard.Target.VALUE && compare(0, guard);
        }
        return entries.stream().allMatch(entry -> compare(entry, guard));
    }

    private static boolean compare(Entry entry, Guard guard) {
        return switch (guard.target()) {
            case VALUE -> compare(entry.value().compareTo(requireNonNull(guard.value())), guard);
            case VERSION -> compare(entry.version(), guard);
            case CREATE_REVISION -> compare(entry.createRevision(), guard);
            case MOD_REVISION -> compare(entry.modRevision(), guard);
            case LEASE -> compare(entry.lease(), guard);
            case COUNT -> throw new IllegalArgumentException("not of an entry: " + guard);
        };
    }

    private static boolean compare(long actual, Guard guard) {
        return switch (guard.relation()) {
            case EQUAL -> actual == guard.number();
            case NOT_EQUAL -> actual != guard.number();
            case LESS -> actual < guard.number();
            case GREATER -> actual > guard.number();
        };
    }

    static @Nullable Entry entry(Version version, String key) {
        return version.state.get(key);
    }
}
