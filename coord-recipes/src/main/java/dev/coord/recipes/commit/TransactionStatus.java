package dev.coord.recipes.commit;

/** How far a global transaction is, by its record in the store. */
public enum TransactionStatus {
    /**
     * It is not decided: the application works with a {@linkplain CommitCoordinator#begin(String...) record written ahead}, participants
     * are asked to prepare, or its coordinator has died and nobody has taken over yet.
     */
    PREPARING,
    /** It is decided that it commits. Some participants may not have been told yet. */
    COMMITTING,
    /** It is decided that it aborts. Some participants may not have been told yet. */
    ABORTING,
    /** It was committed, and all participants know. */
    COMMITTED,
    /**
     * It was aborted, or it was begun and nothing more: it has no record, and would have one else (presumed abort). Final once the call
     * of {@link GlobalTransaction#commit()} has ended, or its process has.
     */
    ABORTED,
    /**
     * It is not known: it ended longer ago than outcomes are {@linkplain CommitCoordinatorBuilder#retention kept}, or its coordinator
     * never reached the store.
     */
    FORGOTTEN
}
