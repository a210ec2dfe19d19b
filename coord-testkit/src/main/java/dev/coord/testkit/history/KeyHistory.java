package dev.coord.testkit.history;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a history says of one key alone, its revisions left out: a register of a value and a lease. Linearizability is
 * local, so a history is right only if that of each key is (Herlihy and Wing 1990, theorem 1).
 */
final class KeyHistory {
    /** The state of an absent key. */
    static final int ABSENT = 0;

    /** Stands for a state that was not seen, and for a step that writes nothing. */
    static final int ANY = -1;

    /** Stands for the state after an add that nobody was told of. */
    static final int SUM = -2;

    private final String key;
    private final Map<Held, Integer> states = new HashMap<>();
    private final List<Held> held = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final Map<Long, Long> leases = new HashMap<>();

    /** A value, and the lease that it is attached to. */
    private record Held(Value value, long lease) {}

    /**
     * What an operation did to the key.
     *
     * @param call the place of the call
     * @param ret the place of the return; {@link Operation#NEVER} if it may as well never have happened
     * @param ways what it may have done; one if it replied
     * @param operation what it was, null for the end of a lease
     */
    record Part(
            long call, long ret, List<Way> ways, @Nullable Operation operation) {
        boolean isSure() {
            return ret != Operation.NEVER;
        }

        Part lasting(long otherRet) {
            return new Part(call, otherRet, ways, operation);
        }
    }

    /**
     * One thing that an operation may have done.
     *
     * @param sees the state that it found, {@link #ANY} if it does not tell
     * @param lease the lease that the key must be attached to, 0 if that does not matter
     * @param guards conditions that held
     * @param missed a condition that did not hold
     * @param writes the state that it left, {@link #ANY} if it left it alone, {@link #SUM} if that depends on what it found
     * @param delta what it added then
     */
    record Way(
            int sees,
            long lease,
            List<Guard> guards,
            @Nullable Guard missed,
            int writes,
            long delta) {}

    private KeyHistory(String key) {
        this.key = key;
        held.add(new Held(Value.EMPTY, 0));
    }

    /** The histories of the keys in a range, of which operations name one. */
    static List<KeyHistory> all(List<Operation> operations, KeyRange sample) {
        TouchedKeys touched = new TouchedKeys(operations, sample);
        Map<String, KeyHistory> all = new TreeMap<>();
        touched.keys().forEach(key -> all.put(key, new KeyHistory(key)));
        for (Operation operation : operations) {
            for (String key : touched.by(operation)) {
                requireNonNull(all.get(key)).add(operation);
            }
        }
        for (KeyHistory history : all.values()) {
            history.leases.forEach((lease, call) -> history.parts.add(
                    new Part(call, Operation.NEVER, List.of(new Way(ANY, lease, List.of(), null, ABSENT, 0)), null)));
        }
        return List.copyOf(all.values());
    }

    String key() {
        return key;
    }

    List<Part> parts() {
        return parts;
    }

    // ---- taking operations apart

    private void add(Operation operation) {
        if (operation.input() instanceof Input.Transact txn) {
            addTransaction(operation, txn);
        } else if (operation.isOk() && operation.isLinearizable()) {
            if (operation.output() instanceof Output.Got got
                    && ((Input.Get) operation.input()).key().equals(key)) {
                addRead(operation, state(got.entry()));
            } else if (operation.output() instanceof Output.Ranged ranged) {
                addRead(operation, seen(((Input.Range) operation.input()).query(), ranged.result()));
            }
        }
    }

    private void addRead(Operation operation, int sees) {
        if (sees != ANY) {
            addPart(operation, List.of(new Way(sees, 0, List.of(), null, ANY, 0)));
        }
    }

    private void addPart(Operation operation, List<Way> ways) {
        parts.add(new Part(operation.call(), operation.isOk() ? operation.ret() : Operation.NEVER, ways, operation));
    }

    private void addTransaction(Operation operation, Input.Transact txn) {
        TxnResult result = operation.transacted();
        if (result != null) {
            Way way = way(txn, result);
            if (way.sees() != ANY || way.writes() != ANY || !way.guards().isEmpty() || way.missed() != null) {
                addPart(operation, List.of(way));
            }
            noteLeases(operation, txn.branch(result.succeeded()));
        } else if (operation.mayHaveWritten()) {
            List<Way> ways = new ArrayList<>();
            addWay(ways, txn.then(), own(txn.guards()));
            addWay(ways, txn.otherwise(), List.of());
            if (!ways.isEmpty()) {
                addPart(operation, ways);
            }
            noteLeases(operation, txn.then());
            noteLeases(operation, txn.otherwise());
        }
    }

    private void addWay(List<Way> ways, List<Op> branch, List<Guard> guards) {
        int writes = writes(branch);
        if (writes != ANY) {
            ways.add(new Way(ANY, 0, guards, null, writes, added(branch)));
        }
    }

    private Way way(Input.Transact txn, TxnResult result) {
        List<Op> branch = txn.branch(result.succeeded());
        int sees = ANY;
        for (int i = 0; i < branch.size() && sees == ANY && !isWrite(branch, i - 1); i++) {
            sees = seen(branch.get(i), result.results().get(i));
        }
        List<Guard> own = own(txn.guards());
        boolean soleMissed =
                !result.succeeded() && own.size() == 1 && txn.guards().size() == 1;
        return new Way(
                sees,
                0,
                result.succeeded() ? own : List.of(),
                soleMissed ? own.get(0) : null,
                writes(branch, result.results()),
                0);
    }

    /** As {@link #writes(List)}, where the results tell what an add came to. */
    private int writes(List<Op> branch, List<OpResult> results) {
        for (int i = 0; i < branch.size(); i++) {
            if (branch.get(i) instanceof Op.Add add && add.key().equals(key)) {
                return state(((OpResult.Add) results.get(i)).after());
            }
        }
        return writes(branch);
    }

    private long added(List<Op> branch) {
        for (Op op : branch) {
            if (op instanceof Op.Add add && add.key().equals(key)) {
                return add.delta();
            }
        }
        return 0;
    }

    private boolean isWrite(List<Op> branch, int index) {
        return index >= 0 && writes(List.of(branch.get(index))) != ANY;
    }

    /** The conditions that this key alone decides without regard to revisions. */
    private List<Guard> own(List<Guard> guards) {
        return guards.stream()
                .filter(guard -> guard.range().isSingleKey()
                        && guard.range().from().equals(key)
                        && (guard.target() == Guard.Target.VALUE
                                || guard.target() == Guard.Target.COUNT
                                || guard.target() == Guard.Target.LEASE))
                .toList();
    }

    private int writes(List<Op> branch) {
        for (Op op : branch) {
            if (op instanceof Op.Put put && put.key().equals(key)) {
                return state(put.value(), put.lease());
            }
            if ((op instanceof Op.Delete delete && delete.key().equals(key))
                    || (op instanceof Op.DeleteRange all && all.range().contains(key))) {
                return ABSENT;
            }
            if (op instanceof Op.Add add && add.key().equals(key)) {
                return SUM;
            }
        }
        return ANY;
    }

    private int seen(Op op, OpResult result) {
        if (op instanceof Op.Put put && put.key().equals(key)) {
            return state(((OpResult.Put) result).before());
        }
        if (op instanceof Op.Get get && get.key().equals(key)) {
            return state(((OpResult.Get) result).found());
        }
        if (op instanceof Op.Range range) {
            return seen(range.query(), ((OpResult.Range) result).result());
        }
        if (op instanceof Op.Add add) {
            return add.key().equals(key) ? seenBy(add, ((OpResult.Add) result).after()) : ANY;
        }
        KeyRange range = op instanceof Op.DeleteRange all ? all.range() : null;
        boolean deletes =
                range == null ? op instanceof Op.Delete one && one.key().equals(key) : range.contains(key);
        return deletes ? seen(((OpResult.Delete) result).deleted(), true) : ANY;
    }

    /** What an add found, by what it left: the key with the number that the sum is of, and with its lease. */
    private int seenBy(Op.Add add, Entry after) {
        if (after.version() == 1) {
            return ABSENT;
        }
        Value before = add.delta() == Long.MIN_VALUE ? null : Model.sum(after.value(), -add.delta());
        return before == null ? ANY : state(before, after.lease());
    }

    private int seen(RangeQuery query, RangeResult result) {
        return query.range().contains(key) && !query.keysOnly() && !query.countOnly()
                ? seen(result.entries(), !result.more())
                : ANY;
    }

    private int seen(List<Entry> entries, boolean all) {
        for (Entry entry : entries) {
            if (entry.key().equals(key)) {
                return state(entry);
            }
        }
        return all ? ABSENT : ANY;
    }

    private void noteLeases(Operation operation, List<Op> branch) {
        for (Op op : branch) {
            if (op instanceof Op.Put put && put.lease() != 0 && put.key().equals(key)) {
                leases.merge(put.lease(), operation.call(), Math::min);
            }
        }
    }

    // ---- states

    private int state(@Nullable Entry entry) {
        return entry == null ? ABSENT : state(entry.value(), entry.lease());
    }

    private int state(Value value, long lease) {
        Held wanted = new Held(value, lease);
        Integer known = states.get(wanted);
        if (known == null) {
            held.add(wanted);
            known = held.size() - 1;
            states.put(wanted, known);
        }
        return known;
    }

    /** The state after a way was gone from a state, {@link #ANY} if it cannot be. */
    int after(int state, Way way) {
        if (way.sees() != ANY && way.sees() != state) {
            return ANY;
        }
        if (way.lease() != 0 && (state == ABSENT || held.get(state).lease() != way.lease())) {
            return ANY;
        }
        for (Guard guard : way.guards()) {
            if (!holds(guard, state)) {
                return ANY;
            }
        }
        Guard missed = way.missed();
        if (missed != null && holds(missed, state)) {
            return ANY;
        }
        if (way.writes() == SUM) {
            Held found = held.get(state);
            Value sum = Model.sum(state == ABSENT ? null : found.value(), way.delta());
            return sum == null ? ANY : state(sum, found.lease());
        }
        return way.writes() == ANY ? state : way.writes();
    }

    /** Whether a state is one that adds can lead to. */
    boolean isNumber(int state) {
        return state > ABSENT && Model.sum(held.get(state).value(), 0) != null;
    }

    /** The lease that the key is attached to in a state. */
    long leaseOf(int state) {
        return state == ANY ? 0 : held.get(state).lease();
    }

    private boolean holds(Guard guard, int state) {
        Held now = held.get(state);
        Entry entry = state == ABSENT ? null : new Entry(key, now.value(), 0, 0, 0, now.lease());
        return Guards.holds(guard, entry);
    }
}
