package dev.coord.testkit.history;

import dev.coord.kv.Entry;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import org.jspecify.annotations.Nullable;

/** What an operation replied. */
sealed interface Output {

    /** Of a transaction. */
    record Transacted(TxnResult result) implements Output {}

    /** Of a read of one key. */
    record Got(@Nullable Entry entry) implements Output {}

    /** Of a read of a range. */
    record Ranged(RangeResult result) implements Output {}

    /** Of a grant. */
    record Granted(long lease) implements Output {}

    /** Of a revocation or a look-up: whether the lease existed. */
    record Existed(boolean existed) implements Output {}

    /** Of what tells nothing but that it is done. */
    record Done() implements Output {}
}
