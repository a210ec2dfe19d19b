package dev.coord.recipes.commit;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What participants have decided alone, in the store until an operator has it forgotten. */
final class Heuristics {
    private static final int VERSION = 1;

    private final Coord coord;
    private final CommitKeys keys;

    Heuristics(Coord coord, CommitKeys keys) {
        this.coord = coord;
        this.keys = keys;
    }

    CompletableFuture<Long> record(HeuristicOutcome outcome) {
        Value value = Value.of(new WireWriter(VERSION)
                .text(outcome.transaction())
                .text(outcome.participant())
                .text(outcome.kind().name())
                .number(outcome.committed() ? 1 : 0)
                .text(outcome.message())
                .done());
        return coord.kv().putAsync(keys.heuristic(outcome.transaction(), outcome.participant()), value);
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
