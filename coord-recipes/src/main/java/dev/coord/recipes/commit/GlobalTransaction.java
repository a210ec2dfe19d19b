package dev.coord.recipes.commit;

import dev.coord.kv.Value;
import java.util.concurrent.CompletableFuture;

/**
 * A global transaction that an application is working on, at the peer where it began. Safe for use by any thread.
 *
 * <p>The application enlists participants, lets them do its work, and commits, once. Until then nothing of it is in the store, or no more
 * than {@linkplain CommitCoordinator#begin(String...) a record of whom it began with}: if the process dies before, participants have
 * prepared nothing and abort by themselves, as databases do when a connection breaks.
 */
public interface GlobalTransaction extends AutoCloseable {

    /**
     * Returns the id, by which {@link CommitCoordinator#status} tells the outcome at any peer.
     *
     * @return at most {@value Branch#MAX_ID} letters, digits, dots and hyphens
     */
    String id();

    /**
     * Makes a participant part of this transaction. To enlist one again is to change its payload.
     *
     * @param participant its name at the coordinator
     * @return its branch, with token 0
     * @throws IllegalArgumentException if the coordinator knows no such participant, or this would be the second last resource
     * @throws IllegalStateException if the transaction was committed, given up or aborted before
     * @throws dev.coord.LimitExceededException if there are too many participants
     */
    default Branch enlist(String participant) {
        return enlist(participant, Value.EMPTY);
    }

    /**
     * Makes a participant part of this transaction and gives it something to do. The payload is kept in the transaction's record
     * and given to the participant with each call, by whichever coordinator makes it.
     *
     * @param participant its name at the coordinator
     * @param payload what to do, in terms of the participant
     * @return its branch, with token 0
     * @throws IllegalArgumentException if the coordinator knows no such participant, or this would be the second last resource
     * @throws IllegalStateException if the transaction was committed or given up before
     * @throws dev.coord.LimitExceededException if there are too many participants, or their payloads are too large for a record, or
     *     the participant does not answer and too many calls wait for it
     */
    Branch enlist(String participant, Value payload);

    /**
     * Commits at all participants, and waits until it is decided and all have been told; at most twice the coordinator's
     * {@linkplain CommitCoordinatorBuilder#timeout timeout}. A participant that could not be told by then is told as soon as it can
     * be; its changes are lasting all the same. {@link CommitCoordinator#status} may say COMMITTING for a moment after that, or
     * PREPARING if only a last resource had changes: the end is written when all have been told.
     *
     * @throws TransactionAbortedException if it is decided to abort: a participant refused, failed or took too long, or the session or
     *     the coordinator has ended before the decision
     * @throws IndeterminateCommitException if the decision was not learnt in time: ask {@link CommitCoordinator#status} later
     * @throws dev.coord.LimitExceededException if too many transactions are undecided here; this one was aborted
     * @throws dev.coord.SessionExpiredException if the session has ended before; this one was aborted
     * @throws dev.coord.ClosedException if the coordinator was closed before; this one was aborted
     * @throws HeuristicOutcomeException if it was decided, but a participant had decided otherwise alone
     * @throws InterruptedException if interrupted while waiting; the outcome is as unknown as after
     *     {@link IndeterminateCommitException}. If interrupted before the call, nothing has begun
     * @throws IllegalStateException if the transaction was committed or given up before, or no participant is enlisted
     */
    void commit() throws InterruptedException;

    /**
     * Commits without waiting.
     *
     * @return completes as {@link #commit()} returns, and fails as that does; to cancel it has no effect on the transaction
     * @throws IllegalStateException if the transaction was committed or given up before
     */
    CompletableFuture<Void> commitAsync();

    /**
     * Gives the transaction up and has its participants undo what was done. Does not wait for them; a call that fails is made
     * again. Has no effect after {@link #commit()} has begun, nor if repeated.
     *
     * @return completes when all have been told, or the coordinator is closed; never, if commit had begun
     */
    CompletableFuture<Void> abort();

    /** Gives the transaction up unless it was committed, as {@link #abort()} does. Does not wait. */
    @Override
    void close();
}
