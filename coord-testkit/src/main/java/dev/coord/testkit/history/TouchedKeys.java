package dev.coord.testkit.history;

import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import dev.coord.kv.Op;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Which keys of a sample operations name, and which of these an operation concerns. */
final class TouchedKeys {
    private final KeyRange sample;
    private final TreeSet<String> keys = new TreeSet<>(Keys.ORDER);

    TouchedKeys(List<Operation> operations, KeyRange sample) {
        this.sample = sample;
        operations.forEach(operation -> named(operation, this::name));
    }

    private void name(String key) {
        if (sample.contains(key)) {
            keys.add(key);
        }
    }

    Set<String> keys() {
        return keys;
    }

    /** The keys that an operation reads, writes or asks about. */
    Set<String> by(Operation operation) {
        TreeSet<String> touched = new TreeSet<>(Keys.ORDER);
        named(operation, touched::add);
        touched.retainAll(keys);
        if (operation.input() instanceof Input.Range range) {
            touched.addAll(within(range.query().range()));
        } else if (operation.input() instanceof Input.Transact txn) {
            txn.guards().stream().map(Guard::range).forEach(range -> touched.addAll(within(range)));
            ranges(txn.then(), range -> touched.addAll(within(range)));
            ranges(txn.otherwise(), range -> touched.addAll(within(range)));
        }
        return touched;
    }

    private Set<String> within(KeyRange range) {
        String to = range.to();
        return to == null ? keys.tailSet(range.from(), true) : keys.subSet(range.from(), true, to, false);
    }

    private static void ranges(List<Op> branch, Consumer<KeyRange> to) {
        for (Op op : branch) {
            if (op instanceof Op.Range range) {
                to.accept(range.query().range());
            } else if (op instanceof Op.DeleteRange all) {
                to.accept(all.range());
            }
        }
    }

    private static void named(Operation operation, Consumer<String> to) {
        if (operation.input() instanceof Input.Get get) {
            to.accept(get.key());
        } else if (operation.input() instanceof Input.Transact txn) {
            txn.then().forEach(op -> named(op, to));
            txn.otherwise().forEach(op -> named(op, to));
        }
    }

    private static void named(Op op, Consumer<String> to) {
        if (op instanceof Op.Put put) {
            to.accept(put.key());
        } else if (op instanceof Op.Get get) {
            to.accept(get.key());
        } else if (op instanceof Op.Delete delete) {
            to.accept(delete.key());
        } else if (op instanceof Op.Add add) {
            to.accept(add.key());
        }
    }
}
