package dev.coord.testkit.history;

import dev.coord.kv.Entry;
import dev.coord.kv.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Between which revisions keys are known not to have changed: whoever saw an entry as of a later revision than that of its
 * last write saw that nothing happened to it in between. Kept only for keys that somebody may have written unseen.
 */
final class Stillness {
    private final Map<String, TreeMap<Long, Long>> stretches = new HashMap<>();

    Stillness(List<Operation> operations, Horizon horizon) {
        for (Operation operation : operations) {
            if (operation.input() instanceof Input.Transact txn) {
                boolean unknown = operation.mayHaveWritten();
                txn.then().forEach(op -> suspect(op, unknown));
                txn.otherwise().forEach(op -> suspect(op, unknown));
            }
        }
        for (Operation operation : operations) {
            long asOf = asOf(operation, horizon);
            if (asOf > 0) {
                operation.forEachShown(entry -> note(entry, asOf));
            }
        }
    }

    private static long asOf(Operation operation, Horizon horizon) {
        if (operation.output() instanceof Output.Got && operation.isLinearizable()) {
            return horizon.seenBefore(operation.call());
        }
        return operation.wrote() ? operation.revision() - 1 : Sightings.shows(operation);
    }

    private void suspect(Op op, boolean unknown) {
        if (op instanceof Op.Put put && (unknown || put.lease() != 0)) {
            stretches.computeIfAbsent(put.key(), key -> new TreeMap<>());
        } else if (unknown && op instanceof Op.Delete delete) {
            stretches.computeIfAbsent(delete.key(), key -> new TreeMap<>());
        } else if (unknown && op instanceof Op.Add add) {
            stretches.computeIfAbsent(add.key(), key -> new TreeMap<>());
        }
    }

    private void note(Entry entry, long asOf) {
        if (entry.modRevision() < asOf) {
            TreeMap<Long, Long> own = stretches.get(entry.key());
            if (own != null) {
                own.merge(entry.modRevision(), asOf, Math::max);
            }
        }
    }

    /** Whether a revision is known not to have changed one of the keys that these changes do. */
    boolean refutes(long revision, List<Change> changes) {
        for (Change change : changes) {
            TreeMap<Long, Long> own = stretches.get(change.key());
            Map.Entry<Long, Long> stretch = own == null ? null : own.lowerEntry(revision);
            if (stretch != null && stretch.getValue() >= revision) {
                return true;
            }
        }
        return false;
    }
}
