package dev.coord.raft.internal.client;

import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.raft.internal.store.Command;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Estimates what a command weighs in a log entry, in bytes: never too low, and too high by its fixed parts at most. */
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
            bytes += FIXED + of(guard.range()) + (value == null ? 0 : value.size());
        }
        return bytes;
    }

    private static int of(Op op) {
        if (op instanceof Op.Put put) {
            return utf8(put.key()) + put.value().size();
        }
        if (op instanceof Op.Get get) {
            return utf8(get.key());
        }
        if (op instanceof Op.Delete delete) {
            return utf8(delete.key());
        }
        if (op instanceof Op.Add add) {
            return utf8(add.key());
        }
        return of(op instanceof Op.Range range ? range.query().range() : ((Op.DeleteRange) op).range());
    }

    private static int of(KeyRange range) {
        return utf8(range.from()) + utf8(range.to());
    }

    /** The bytes of well-formed text; half of a surrogate pair counts for two of its four. */
    private static int utf8(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            bytes += unit < 0x80 ? 0 : unit < 0x800 || Character.isSurrogate(unit) ? 1 : 2;
        }
        return bytes;
    }
}
