package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import java.util.Set;
import java.util.concurrent.Executor;

/**
 * A {@link Participant} whose methods block, for code such as JDBC's. The rules are the same; what a method throws is a failure of
 * the call, and {@link HeuristicException} and {@link dev.coord.FencedException} mean what they mean there.
 */
public interface BlockingParticipant {

    /**
     * Makes ready for either outcome, and votes: see {@link Participant#prepare}.
     *
     * @param branch what to prepare
     * @return the vote
     * @throws Exception if it is not known whether it is prepared
     */
    Vote prepare(Branch branch) throws Exception;

    /**
     * Makes the branch's changes last: see {@link Participant#commit}.
     *
     * @param branch what to commit
     * @throws Exception if it is not known whether that was done; it is tried again
     */
    void commit(Branch branch) throws Exception;

    /**
     * Undoes the branch's changes: see {@link Participant#abort}.
     *
     * @param branch what to abort
     * @throws Exception if it is not known whether that was done; it is tried again
     */
    void abort(Branch branch) throws Exception;

    /**
     * Forgets that it has decided a branch alone: see {@link Participant#forget}.
     *
     * @param branch the branch
     * @throws Exception if it cannot now; that is not heeded
     */
    default void forget(Branch branch) throws Exception {}

    /**
     * Tells which branches are in doubt: see {@link Participant#recover}.
     *
     * @return the ids of their transactions
     * @throws Exception if they cannot be listed now
     */
    Set<String> recover() throws Exception;

    /**
     * Returns this as a participant.
     *
     * @param executor runs the calls, which may block: with fewer threads than calls, calls wait for each other
     * @return the participant
     */
    default Participant on(Executor executor) {
        return new ExecutorParticipant(this, requireNonNull(executor, "executor"));
    }
}
