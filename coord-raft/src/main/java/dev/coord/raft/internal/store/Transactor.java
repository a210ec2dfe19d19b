package dev.coord.raft.internal.store;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs transactions on the working state. */
final class Transactor {
    /** Results are kept until their session acknowledges them, and are part of snapshots. The same in all versions. */
    private static final long MAX_RESULT_BYTES = Txn.MAX_RESULT_BYTES;

    private final State state;

    Transactor(State state) {
        this.state = state;
    }

    Result run(Command.Transact txn) {
        boolean succeeded = true;
        for (Guard guard : txn.guards()) {
            succeeded = succeeded && holds(guard);
        }
        List<Op> branch = succeeded ? txn.then() : txn.otherwise();
        Result refusal = refusal(branch);
        if (refusal != null) {
            return refusal;
        }
        List<OpResult> results = new ArrayList<>(branch.size());
        for (Op op : branch) {
            results.add(step(op));
        }
        state.commit();
        return new Result.Transacted(new TxnResult(succeeded, state.revision(), results));
    }

    /** Why nothing of a branch can be done, null if it can; nothing is written before that is known. */
    private @Nullable Result refusal(List<Op> branch) {
        long missing = missingLease(branch);
        if (missing != 0) {
            return new Result.LeaseNotFound(missing);
        }
        for (Op op : branch) {
            Result refusal = op instanceof Op.Add add ? refusal(add) : null;
            if (refusal != null) {
                return refusal;
            }
        }
        return new ResultSize(state.entries).exceeds(MAX_RESULT_BYTES, branch)
                ? new Result.TooLarge(MAX_RESULT_BYTES)
                : null;
    }

    /** The entry before the branch is the one that the add will find: a branch writes a key once. */
    private @Nullable Result refusal(Op.Add add) {
        Entry entry = state.entries.get(add.key());
        Long number = Decimal.of(entry);
        if (entry != null && number == null) {
            return new Result.NotANumber(add.key(), entry.value().size());
        }
        return number != null && Decimal.overflows(number, add.delta())
                ? new Result.Overflow(add.key(), number, add.delta())
                : null;
    }

    private long missingLease(List<Op> branch) {
        for (Op op : branch) {
            if (op instanceof Op.Put put && put.lease() != 0 && state.leases.get(put.lease()) == null) {
                return put.lease();
            }
        }
        return 0;
    }

    private OpResult step(Op op) {
        if (op instanceof Op.Put put) {
            return new OpResult.Put(state.put(put.key(), put.value(), put.lease()));
        }
        if (op instanceof Op.Get get) {
            return new OpResult.Get(state.entries.get(get.key()));
        }
        if (op instanceof Op.Range range) {
            return new OpResult.Range(read(range));
        }
        if (op instanceof Op.Delete delete) {
            Entry before = state.delete(delete.key());
            return new OpResult.Delete(before == null ? List.of() : List.of(before));
        }
        if (op instanceof Op.Add add) {
            return new OpResult.Add(add(add));
        }
        return new OpResult.Delete(deleteRange(((Op.DeleteRange) op).range()));
    }

    private Entry add(Op.Add add) {
        Entry before = state.entries.get(add.key());
        // Never null here; were it, apply must not throw.
        long number = requireNonNullElse(Decimal.of(before), 0L);
        state.put(add.key(), Value.of(Long.toString(number + add.delta())), before == null ? 0 : before.lease());
        return requireNonNull(state.entries.get(add.key()));
    }

    private RangeResult read(Op.Range range) {
        return View.range(state.entries, state.pendingRevision(), range.query());
    }

    private List<Entry> deleteRange(KeyRange range) {
        List<Entry> doomed = new ArrayList<>();
        state.entries.forEach(range.from(), range.to(), (key, entry) -> doomed.add(entry));
        doomed.forEach(entry -> state.delete(entry.key()));
        return doomed;
    }

    private boolean holds(Guard guard) {
        if (guard.target() == Guard.Target.COUNT) {
            long count = state.entries.count(guard.range().from(), guard.range().to());
            return related(guard.relation(), Long.compare(count, guard.number()));
        }
        if (guard.range().isSingleKey()) {
            return holds(guard, state.entries.get(guard.range().from()));
        }
        return state.entries.forEach(guard.range().from(), guard.range().to(), (key, entry) -> holds(guard, entry));
    }

    private static boolean holds(Guard guard, @Nullable Entry entry) {
        Value wanted = guard.value();
        if (wanted != null) {
            return entry != null && related(guard.relation(), entry.value().compareTo(wanted));
        }
        long actual = entry == null ? 0 : number(guard.target(), entry);
        return related(guard.relation(), Long.compare(actual, guard.number()));
    }

    private static long number(Guard.Target target, Entry entry) {
        return switch (target) {
            case VERSION -> entry.version();
            case CREATE_REVISION -> entry.createRevision();
            case MOD_REVISION -> entry.modRevision();
            case LEASE -> entry.lease();
            case VALUE, COUNT -> throw new AssertionError(target + " is not a number of an entry");
        };
    }

    private static boolean related(Guard.Relation relation, int comparison) {
        return switch (relation) {
            case EQUAL -> comparison == 0;
            case NOT_EQUAL -> comparison != 0;
            case LESS -> comparison < 0;
            case GREATER -> comparison > 0;
        };
    }
}
