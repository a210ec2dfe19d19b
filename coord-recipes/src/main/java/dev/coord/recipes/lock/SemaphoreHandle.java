package dev.coord.recipes.lock;

import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.internal.Holding;

/**
 * Permits of a semaphore that were granted: see {@link FencedHandle} for what it promises, except that others hold permits
 * too. {@link #close()} releases them all.
 */
public final class SemaphoreHandle extends HeldHandle {
    private final int permits;

    SemaphoreHandle(Holding holding) {
        super(holding);
        this.permits = holding.ask().permits();
    }

    /**
     * Returns how many are held.
     *
     * @return the permits, positive
     */
    public int permits() {
        return permits;
    }
}
