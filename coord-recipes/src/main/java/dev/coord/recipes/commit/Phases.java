package dev.coord.recipes.commit;

import dev.coord.kv.Value;
import dev.coord.recipes.internal.WireReader;
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
        return new WireReader(record.toByteArray()).kind();
    }

    /** Tells whether a record begins as this version knows it. */
    static boolean isReadable(Value record) {
        return record.size() > Long.BYTES
                && record.asByteBuffer().getLong(1) >= 0
                && record.asByteBuffer().getLong(1) < PHASES.size();
    }

    static TransactionStatus read(Value record) {
        WireReader in = new WireReader(record.toByteArray());
        int kind = in.kind();
        try {
            return of(in.number());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a record of kind " + kind + " that cannot be read", e);
        }
    }
}
