package dev.coord.recipes.commit;

import dev.coord.kv.Op;
import java.util.List;

/** Tells which step of a coordinator a transaction of the store is, by the keys that it writes. */
final class StepNames {
    private final CommitKeys keys;

    StepNames(String path) {
        this.keys = new CommitKeys(path);
    }

    CommitStep of(boolean guarded, List<Op> ops) {
        boolean ends = ops.stream().anyMatch(op -> op instanceof Op.Delete deleted && isRecord(deleted.key()));
        if (ends) {
            return CommitStep.END;
        }
        return ops.stream()
                .filter(op -> op instanceof Op.Put put && isRecord(put.key()))
                .map(op -> ofRecord(guarded, (Op.Put) op, ops.size() > 1))
                .findFirst()
                .orElse(CommitStep.OTHER);
    }

    private static CommitStep ofRecord(boolean guarded, Op.Put record, boolean withOwner) {
        if (withOwner) {
            return guarded ? CommitStep.TAKE : CommitStep.CREATE;
        }
        return Phases.read(record.value()) == TransactionStatus.COMMITTING ? CommitStep.DECIDE : CommitStep.NOTE_ABORT;
    }

    private boolean isRecord(String key) {
        return keys.isOurs(keys.idOf(key)) && keys.isRecord(key);
    }
}
