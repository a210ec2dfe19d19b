package dev.coord.raft.internal.client;

import dev.coord.AddRefusedException;
import dev.coord.LeaseExpiredException;
import dev.coord.LimitExceededException;
import dev.coord.raft.internal.store.Result;

/** What the store refuses to do, as errors for the caller. */
final class Refusals {
    private Refusals() {}

    /** Returns a result that is no refusal of a transaction, and throws what a refusal means. */
    static Result checked(Result result) {
        if (result instanceof Result.LeaseNotFound missing) {
            throw new LeaseExpiredException(missing.lease());
        }
        if (result instanceof Result.TooLarge large) {
            throw new LimitExceededException("the transaction would read or delete more than " + large.limit()
                    + " bytes; nothing was changed: split it");
        }
        if (result instanceof Result.NotANumber found) {
            // Values may be secrets.
            throw new AddRefusedException(
                    found.key(),
                    AddRefusedException.Reason.NOT_A_NUMBER,
                    "key " + found.key() + " holds " + found.bytes()
                            + " bytes that are no decimal 64-bit integer; nothing was changed: put a number first");
        }
        if (result instanceof Result.Overflow overflow) {
            throw new AddRefusedException(
                    overflow.key(),
                    AddRefusedException.Reason.OVERFLOW,
                    "key " + overflow.key() + " holds " + overflow.number() + "; with " + overflow.delta()
                            + " added it would take more than 64 bits; nothing was changed");
        }
        return result;
    }
}
