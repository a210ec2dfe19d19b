package dev.coord.recipes.commit;

import dev.coord.kv.Value;
import org.jspecify.annotations.Nullable;

/**
 * What a look at the store has found of a transaction.
 *
 * @param status how far it is
 * @param record its record, if there is one
 * @param recordRevision the revision that last wrote the record, or 0
 * @param owner the revision that last wrote the owner's key, or 0
 * @param revision when this was so
 */
record Sight(TransactionStatus status, @Nullable Value record, long recordRevision, long owner, long revision) {}
