package dev.coord.recipes.commit;

import dev.coord.kv.Value;
import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the store keeps of a two-phase commit. Immutable.
 *
 * @param phase PREPARING, COMMITTING or ABORTING
 * @param timeout how long its coordinator gives the participants to prepare; after a multiple of it others take it for stuck
 * @param shares the participants, in the order in which they were enlisted
 */
record CommitRecord(TransactionStatus phase, Duration timeout, List<Share> shares) {
    /** Distinguishes it from records of other protocols. */
    static final int KIND = 2;

    CommitRecord {
        shares = List.copyOf(shares);
    }

    CommitRecord in(TransactionStatus next) {
        return new CommitRecord(next, timeout, shares);
    }

    /** The record with other participants. */
    CommitRecord of(List<Share> others) {
        return new CommitRecord(phase, timeout, others);
    }

    Value encode() {
        WireWriter out = new WireWriter(KIND)
                .number(Phases.number(phase))
                .number(timeout.toMillis())
                .number(shares.size());
        for (Share share : shares) {
            out.text(share.participant())
                    .number(share.last() ? 1 : 0)
                    .bytes(share.payload().toByteArray());
        }
        return Value.of(out.done());
    }

    static CommitRecord decode(Value value) {
        WireReader in = new WireReader(value.toByteArray());
        if (in.kind() != KIND) {
            throw new IllegalArgumentException("not the record of a two-phase commit");
        }
        TransactionStatus phase = Phases.of(in.number());
        Duration timeout = Duration.ofMillis(in.number());
        long count = in.number();
        List<Share> shares = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            shares.add(new Share(in.text(), in.number() != 0, Value.of(in.bytes())));
        }
        return new CommitRecord(phase, timeout, shares);
    }
}
