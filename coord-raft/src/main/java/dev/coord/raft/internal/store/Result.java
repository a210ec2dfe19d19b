package dev.coord.raft.internal.store;

import dev.coord.kv.TxnResult;

/** What applying a command came to. A refusal is a result: apply never throws on account of a command. */
public sealed interface Result {

    /** Of a transaction. */
    record Transacted(TxnResult result) implements Result {}

    /** Of a grant or the opening of a session. */
    record Granted(long lease) implements Result {}

    /** Of a revocation. */
    record Revoked(boolean existed) implements Result {}

    /** Of a command that has nothing to say. */
    record Done() implements Result {}

    /** The command names a lease that does not exist; nothing was changed. */
    record LeaseNotFound(long lease) implements Result {}

    /** What the transaction would return is too large to keep; nothing was changed. */
    record TooLarge(long limit) implements Result {}

    /** An add found a value of so many bytes that is no number; nothing was changed. */
    record NotANumber(String key, int bytes) implements Result {}

    /** A number that was found and what was to be added come to more than 64 bits; nothing was changed. */
    record Overflow(String key, long number, long delta) implements Result {}

    /** The proposal's session does not exist; nothing was changed. */
    record SessionNotFound() implements Result {}

    /** An earlier proposal of the session is missing; nothing was changed. */
    record OutOfOrder(long expected) implements Result {}
}
