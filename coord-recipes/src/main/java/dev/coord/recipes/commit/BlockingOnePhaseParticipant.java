package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Executor;

/** A {@link OnePhaseParticipant} whose methods block; what one throws is a failure of the call. */
public interface BlockingOnePhaseParticipant {

    /**
     * Commits, or not: see {@link OnePhaseParticipant#commitOnePhase}.
     *
     * @param branch what to commit
     * @return true if it was committed, false if it was aborted
     * @throws Exception if that is not known
     */
    boolean commitOnePhase(Branch branch) throws Exception;

    /**
     * Finds out whether the branch was committed, and prevents it if it was not: see {@link OnePhaseParticipant#settle}.
     *
     * @param branch what to settle
     * @return whether it was committed
     * @throws HeuristicException if there is no way to know
     * @throws Exception if it has to be asked again
     */
    boolean settle(Branch branch) throws Exception;

    /**
     * Undoes what the application has done: see {@link OnePhaseParticipant#abort}.
     *
     * @param branch what to abort
     * @throws Exception if it is not known whether that was done
     */
    void abort(Branch branch) throws Exception;

    /**
     * Returns this as a participant.
     *
     * @param executor runs the calls, which may block
     * @return the participant
     */
    default OnePhaseParticipant onePhaseOn(Executor executor) {
        return new ExecutorOnePhaseParticipant(this, requireNonNull(executor, "executor"));
    }
}
