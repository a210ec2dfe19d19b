package dev.coord.recipes.commit;

import java.util.concurrent.CompletableFuture;

/**
 * A participant that cannot wait between two phases, but commits in one step: a database without XA, a mail server. A transaction may
 * have one, its <em>last resource</em>: the others prepare, then this one decides for all by committing or not. If it is the only
 * participant there is nothing else to do, which is cheaper also for one that can prepare.
 *
 * <p><b>The risk.</b> If the coordinator dies, or hears nothing, after it has asked for the commit, somebody has to find out whether
 * it was done before the others can be told. That is {@link #settle}: see there what makes it possible. Where it is not, the
 * transaction ends in a guess: the others are aborted, and the transaction is listed among the
 * {@linkplain CommitCoordinator#heuristics() heuristic outcomes} as {@link HeuristicException.Kind#HAZARD}.
 */
public interface OnePhaseParticipant {

    /**
     * Commits, or not. Asked for once by each attempt, when all others have prepared.
     *
     * @param branch what to commit
     * @return true if it was committed, durably; false if it was aborted; failed if that is unknown, which leads to {@link #settle}
     */
    CompletableFuture<Boolean> commitOnePhase(Branch branch);

    /**
     * Finds out whether the branch was committed, and sees to it that it never will be if it was not: also not by a call of
     * {@link #commitOnePhase} that is still under way. It takes a mark that is written in the same local transaction as the branch's
     * work, under a key that can be written once: whoever settles writes the contrary mark, or finds that he cannot.
     *
     * @param branch what to settle
     * @return whether it was committed, the same at each call; fails with {@link HeuristicException} if there is no way to know;
     *     any other failure means to ask again
     */
    CompletableFuture<Boolean> settle(Branch branch);

    /**
     * Undoes what the application has done within a transaction that is given up before {@link #commitOnePhase} was asked for.
     *
     * @param branch perhaps unknown: then there is nothing to do
     * @return completes once it is done
     */
    CompletableFuture<Void> abort(Branch branch);
}
