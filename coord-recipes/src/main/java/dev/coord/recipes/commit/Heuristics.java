package dev.coord.recipes.commit;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What participants have decided alone, in the store until an operator has it forgotten. */
final class Heuristics {
    private static final int VERSION = 1;
    private static final int LONGEST = 2000;

    private final Coord coord;
    private final CommitKeys keys;

    Heuristics(Coord coord, CommitKeys keys) {
        this.coord = coord;
        this.keys = keys;
    }

    /**
     * Records one.
     *
     * @param outcome what to record
     * @param hold of whoever drives the transaction; null if nobody does
     * @return false if somebody else has taken it over: what looks as if it was decided by hand, is that one's doing
     */
    CompletableFuture<Boolean> record(HeuristicOutcome outcome, @Nullable Hold hold) {
        Value value = Value.of(new WireWriter(VERSION)
                .text(outcome.transaction())
                .text(outcome.participant())
                .text(outcome.kind().name())
                .number(outcome.committed() ? 1 : 0)
                .text(outcome.message())
                .done());
        Txn txn = coord.kv().txn();
        if (hold != null) {
            txn.when(Guard.modRevisionIs(keys.owner(hold.id()), hold.token()));
        }
        txn.then(Op.put(keys.heuristic(outcome.transaction(), outcome.participant()), value));
        return Async.map(txn.commitAsync(), TxnResult::succeeded);
    }

    /** What a participant said, as far as it fits in a record. */
    static String brief(HeuristicException what) {
        String message = String.valueOf(what.getMessage());
        return message.length() <= LONGEST ? message : message.substring(0, LONGEST) + " ...";
    }

    CompletableFuture<List<HeuristicOutcome>> list() {
        return Async.map(
                coord.kv().rangeAsync(RangeQuery.of(keys.heuristics()), Consistency.linearizable()),
                found -> found.entries().stream().map(Heuristics::read).toList());
    }

    private static HeuristicOutcome read(Entry entry) {
        WireReader in = new WireReader(entry.value().toByteArray());
        if (in.kind() != VERSION) {
            throw new IllegalArgumentException(entry.key() + " was written by another version of Coord");
        }
        return new HeuristicOutcome(
                in.text(), in.text(), HeuristicException.Kind.valueOf(in.text()), in.number() != 0, in.text());
    }

    CompletableFuture<Boolean> forget(String transaction, String participant) {
        return coord.kv().deleteAsync(keys.heuristic(transaction, participant));
    }
}
