package dev.coord.recipes.commit;

import dev.coord.kv.Value;
import java.util.List;

/** How records of every kind begin: with their kind and their phase. */
final class Phases {
    private static final List<TransactionStatus> PHASES =
            List.of(TransactionStatus.PREPARING, TransactionStatus.COMMITTING, TransactionStatus.ABORTING);

    private Phases() {}

    static int number(TransactionStatus phase) {
        return PHASES.indexOf(phase);
    }

    static TransactionStatus of(long number) {
        if (number < 0 || number >= PHASES.size()) {
            throw new IllegalArgumentException("phase " + number + ", written by another version of Coord");
        }
        return PHASES.get((int) number);
    }

    static int kind(Value record) {
        return record.asByteBuffer().get(0);
    }

    /** Tells whether a record begins as this version knows it. */
    static boolean isReadable(Value record) {
        return record.size() > Long.BYTES && number(record) >= 0 && number(record) < PHASES.size();
    }

    static TransactionStatus read(Value record) {
        if (record.size() <= Long.BYTES) {
            throw new IllegalArgumentException("a record of " + record.size() + " bytes that cannot be read");
        }
        try {
            return of(number(record));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a record of kind " + kind(record) + " that cannot be read", e);
        }
    }

    private static long number(Value record) {
        return record.asByteBuffer().getLong(1);
    }
}
