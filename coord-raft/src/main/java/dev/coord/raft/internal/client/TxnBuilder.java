package dev.coord.raft.internal.client;

import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Collects a transaction and checks it before anything is sent. */
final class TxnBuilder implements Txn {
    private final KvClient kv;
    private final List<Guard> guards = new ArrayList<>();
    private final List<Op> then = new ArrayList<>();
    private final List<Op> otherwise = new ArrayList<>();
    private boolean committed;

    TxnBuilder(KvClient kv) {
        this.kv = kv;
    }

    @Override
    public Txn when(Guard... more) {
        return add(guards, more, "guards");
    }

    @Override
    public Txn then(Op... ops) {
        return add(then, ops, "steps in a branch");
    }

    @Override
    public Txn otherwise(Op... ops) {
        return add(otherwise, ops, "steps in a branch");
    }

    private <T> Txn add(List<T> to, T[] items, String what) {
        if (to.size() + items.length > MAX_OPS) {
            throw new IllegalArgumentException(
                    (to.size() + items.length) + " " + what + "; at most " + MAX_OPS + " are allowed: split it");
        }
        Collections.addAll(to, items);
        return this;
    }

    @Override
    public TxnResult commit() throws InterruptedException {
        Waiting.refuseIfInterrupted();
        return outcome(Waiting.await(kv.handle().scheduler(), kv.issue(command())));
    }

    @Override
    public CompletableFuture<TxnResult> commitAsync() {
        return kv.issueAndTell(command(), TxnBuilder::outcome);
    }

    private Command command() {
        if (committed) {
            throw new IllegalStateException("this transaction was committed before; begin another with txn()");
        }
        checkSize();
        checkWrites(then);
        checkWrites(otherwise);
        committed = true;
        return new Command.Transact(guards, then, otherwise);
    }

    private static TxnResult outcome(Result result) {
        return ((Result.Transacted) Refusals.checked(result)).result();
    }

    private void checkSize() {
        int bytes = Sizes.guards(guards) + Sizes.ops(then) + Sizes.ops(otherwise);
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "transaction of about " + bytes + " bytes; at most " + MAX_BYTES + " are allowed: split it");
        }
    }

    private static void checkWrites(List<Op> branch) {
        List<KeyRange> written = new ArrayList<>();
        for (Op op : branch) {
            KeyRange range = writes(op);
            if (range != null) {
                for (KeyRange earlier : written) {
                    if (earlier.overlaps(range)) {
                        throw new IllegalArgumentException(
                                "two steps of a branch write " + range + "; a transaction writes a key once");
                    }
                }
                written.add(range);
            }
        }
    }

    private static @Nullable KeyRange writes(Op op) {
        if (op instanceof Op.Put put) {
            return KeyRange.key(put.key());
        }
        if (op instanceof Op.Delete delete) {
            return KeyRange.key(delete.key());
        }
        if (op instanceof Op.Add add) {
            return KeyRange.key(add.key());
        }
        return op instanceof Op.DeleteRange delete ? delete.range() : null;
    }
}
