package dev.coord.recipes.election;

/** What is to be done while leading: see {@link LeaderLoop}. */
@FunctionalInterface
public interface LeadershipTask {

    /**
     * Called when elected, on the thread that runs the loop; to return is to resign.
     *
     * @param leadership what is held; whatever is written goes with its guard or its term
     * @throws InterruptedException if interrupted, as it is when the leadership is lost and when the loop is closed
     */
    void lead(Leadership leadership) throws InterruptedException;
}
