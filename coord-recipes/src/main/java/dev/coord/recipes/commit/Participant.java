package dev.coord.recipes.commit;

import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Something that takes part in two-phase commits: a database, a directory, a service. For code that blocks there is
 * {@link BlockingParticipant}.
 *
 * <p><b>Its part of the protocol.</b> After it has voted {@link Vote.Kind#PREPARED} it must be able to commit and to abort, whatever
 * happens to it, and must not decide alone: neither after a while nor when it restarts. Until then it may abort at any time. All
 * methods are <b>idempotent by the transaction's id</b>: any of them may be called again, also after a crash, and by another
 * coordinator that has taken over.
 *
 * <p><b>Order.</b> Calls for one branch come one after the other from one coordinator. A former coordinator's may arrive at any
 * time, as may a {@link #prepare} that was delayed on its way until after the {@link #abort}. What such a call prepares stays in doubt
 * until a coordinator's next look at {@link #recover()}, unless the participant remembers, or compares {@link Branch#token()}.
 *
 * <p><b>Failures.</b> A future that fails says that the outcome of the call is unknown: a prepare that fails counts as no, and the
 * branch is told to abort; commit and abort are tried again until they succeed. {@link HeuristicException} ends that, as does
 * {@link dev.coord.FencedException}: whoever has the greater token goes on. A call that is not answered is not made
 * again by the same coordinator; another takes over when nothing has moved for twice the timeout and a session's time to live, if there
 * is another. So futures should complete in time, also since a coordinator has
 * a bounded number of calls under way at a participant; it never cancels one. Methods must not block; they are called on the peer's
 * callback threads, and what they throw is a failure of the call.
 *
 * <p>The rules are those of presumed abort (Mohan, Lindsay and Obermarck, <i>Transaction Management in the R* Distributed Database
 * Management System</i>, ACM TODS 11(4), 1986).
 */
public interface Participant {

    /**
     * Makes ready for either outcome, and votes.
     *
     * @param branch what to prepare
     * @return the vote, once everything that it promises is on disk
     */
    CompletableFuture<Vote> prepare(Branch branch);

    /**
     * Makes the branch's changes last, and lets go of it.
     *
     * @param branch prepared before; or committed, or unknown because it was committed long ago: then there is nothing to do
     * @return completes once it is done, durably; fails with {@link HeuristicException} if the participant has decided otherwise
     */
    CompletableFuture<Void> commit(Branch branch);

    /**
     * Undoes the branch's changes, and lets go of it.
     *
     * @param branch prepared, perhaps; or unknown, because it was never prepared or was aborted long ago: then there is nothing to do
     * @return completes once it is done; fails with {@link HeuristicException} if the participant has decided otherwise
     */
    CompletableFuture<Void> abort(Branch branch);

    /**
     * Forgets that it has decided a branch alone: the {@link HeuristicException} that said so is recorded in the store by now. Called
     * once, perhaps never if a coordinator dies; a failure is not heeded.
     *
     * @param branch the branch
     * @return completes once it is done
     */
    default CompletableFuture<Void> forget(Branch branch) {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Tells which branches it has prepared and was not told the outcome of. Asked by each coordinator when it starts, and now and then.
     *
     * @return the ids of their transactions; of this coordinator's, where the participant also serves others
     */
    CompletableFuture<Set<String>> recover();
}
