package dev.coord.chaos;

import java.io.IOException;

/** A fault that is going on. */
@FunctionalInterface
public interface Injection {

    /**
     * Ends the fault and, if it ended processes, restarts them; does not wait until they take part. Called once.
     *
     * @return what shows that the fault happened
     * @throws IOException if it cannot be undone
     * @throws InterruptedException if interrupted
     */
    Proof heal() throws IOException, InterruptedException;
}
