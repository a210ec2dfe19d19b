package dev.coord.recipes.commit;

import java.time.Duration;

/**
 * Told of what a coordinator does, at the peer where it does it. Called on the peer's callback threads, one call at a time; a listener
 * that blocks delays only itself, and what it throws goes to those threads' handler. Whoever waits for a commit may be told before
 * a listener is.
 */
public interface CommitListener {

    /**
     * A transaction that began here is decided.
     *
     * @param transaction its id
     * @param committed the decision
     * @param sinceCommit how long after commit was called; zero if it was given up before
     */
    default void onDecided(String transaction, boolean committed, Duration sinceCommit) {}

    /**
     * All participants of a transaction that was driven here know the decision.
     *
     * @param transaction its id
     * @param committed the decision
     */
    default void onResolved(String transaction, boolean committed) {}

    /**
     * A transaction was taken over from a coordinator that had died, was closed or was stuck.
     *
     * @param transaction its id
     * @param status how far it was
     */
    default void onTakenOver(String transaction, TransactionStatus status) {}

    /**
     * A participant's branch was found in doubt, and told the outcome.
     *
     * @param transaction its id
     * @param participant the participant
     * @param committed the outcome
     */
    default void onRecovered(String transaction, String participant, boolean committed) {}

    /**
     * A call to a participant failed and is going to be made again.
     *
     * @param transaction its id
     * @param participant the participant
     * @param failure what the call failed with
     */
    default void onRetry(String transaction, String participant, Throwable failure) {}

    /**
     * A participant could not say which branches it has in doubt. It is asked again at the next scan.
     *
     * @param participant the participant
     * @param failure what it failed with
     */
    default void onScanFailed(String participant, Throwable failure) {}

    /**
     * A participant has decided alone.
     *
     * @param outcome what was recorded
     */
    default void onHeuristic(HeuristicOutcome outcome) {}
}
