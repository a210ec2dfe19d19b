package dev.coord.raft.internal.client;

import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.raft.internal.store.Command;
import java.util.List;

/** Estimates what a command weighs in a log entry, in bytes, never too low by more than its fixed parts. */
final class Sizes {
    private static final int FIXED = 32;

    private Sizes() {}

    static int of(Command command) {
        return command instanceof Command.Transact txn
                ? FIXED + guards(txn.guards()) + ops(txn.then()) + ops(txn.otherwise())
                : FIXED;
    }

    static int ops(List<Op> ops) {
        int bytes = 0;
        for (Op op : ops) {
            bytes += FIXED + of(op);
        }
        return bytes;
    }

    static int guards(List<Guard> guards) {
        int bytes = 0;
        for (Guard guard : guards) {
            Value value = guard.value();
            bytes += FIXED + 3 * guard.range().from().length() + (value == null ? 0 : value.size());
        }
        return bytes;
    }

    private static int of(Op op) {
        return op instanceof Op.Put put ? 3 * put.key().length() + put.value().size() : 2 * 3 * 64;
    }
}
