package dev.coord.kv;

import java.util.List;

/**
 * The outcome of a transaction. Immutable.
 *
 * @param succeeded true if all guards held and the {@code then} steps ran, false if the {@code otherwise} steps ran
 * @param revision the revision of the store after the transaction: its own if it wrote anything
 * @param results one result for each step of the branch that ran
 */
public record TxnResult(boolean succeeded, long revision, List<OpResult> results) {

    /** Creates an outcome. */
    public TxnResult {
        results = List.copyOf(results);
    }
}
