package dev.coord.recipes.sync;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Keys;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.TxnResult;
import dev.coord.recipes.internal.Async;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One key, with what must hold when it is written besides what the recipe asks for.
 *
 * @param coord the handle
 * @param key the key
 * @param guards of the caller
 */
record Cell(Coord coord, String key, List<Guard> guards) {

    Cell {
        requireNonNull(coord, "coord");
        guards = List.copyOf(guards);
    }

    static Cell of(Coord coord, String path) {
        return new Cell(coord, Keys.check(requireNonNull(path, "path")), List.of());
    }

    Cell when(Guard... more) {
        List<Guard> all = new ArrayList<>(guards);
        for (Guard guard : more) {
            all.add(requireNonNull(guard, "guard"));
        }
        return new Cell(coord, key, all);
    }

    CompletableFuture<Optional<Entry>> read() {
        return coord.kv().getAsync(key, Consistency.linearizable());
    }

    /** Writes whatever the key holds; gives the step's result. */
    <T> CompletableFuture<T> write(Op op, Function<OpResult, T> view) {
        return Async.map(() -> commit(List.of(), op), result -> {
            if (!result.succeeded()) {
                throw fenced();
            }
            return view.apply(result.results().get(0));
        });
    }

    /**
     * Writes if the key is in some state. A miss of the caller's guards is told from one of the state's by the state.
     *
     * @param own the state, as a guard
     * @param holds the same, for an entry that was read
     * @return empty if it was another state, else the transaction's result
     */
    CompletableFuture<Optional<TxnResult>> tryWrite(Guard own, Predicate<Optional<Entry>> holds, Op op) {
        return Async.map(() -> commit(List.of(own), op), result -> {
            if (result.succeeded()) {
                return Optional.of(result);
            }
            if (holds.test(((OpResult.Get) result.results().get(0)).entry())) {
                throw fenced();
            }
            return Optional.empty();
        });
    }

    /** Writes under guards; if they do not all hold, reads the key instead. */
    CompletableFuture<TxnResult> commit(List<Guard> own, Op op) {
        List<Guard> all = new ArrayList<>(own);
        all.addAll(guards);
        return coord.kv()
                .txn()
                .when(all.toArray(Guard[]::new))
                .then(op)
                .otherwise(Op.get(key))
                .commitAsync();
    }

    FencedException fenced() {
        return new FencedException("not written to " + key + ": what it was to be written under no longer holds");
    }
}
