package dev.coord.recipes;

/** How far a {@link FencedHandle} can be relied on. */
public enum HandleState {
    /** It holds, and the session was kept alive lately. */
    HELD,

    /**
     * It holds still, but a keep-alive of the session is overdue: if none comes through, it is lost at
     * {@link FencedHandle#validUntil()}. Also while what is held is being handed over: then it does not count as held.
     */
    SUSPENDED,

    /** It is lost, for good. */
    LOST
}
