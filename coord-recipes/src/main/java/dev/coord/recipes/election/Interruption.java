package dev.coord.recipes.election;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The right to interrupt a thread, for as long as it runs what it may be interrupted in. Whoever ends that knows
 * afterwards that no interrupt of this sort is on its way.
 */
final class Interruption {
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread = Thread.currentThread();
    private boolean over;
    private boolean given;

    /** Interrupts the thread, once, unless that is over. */
    void give() {
        lock.lock();
        try {
            if (!over && !given) {
                given = true;
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the right to interrupt, on the thread itself, and takes back an interrupt that was given and not noticed.
     *
     * @return whether one was given
     */
    boolean end() {
        lock.lock();
        try {
            if (given && !over) {
                // One of somebody else's at the same time cannot be told from ours.
                Thread.interrupted();
            }
            over = true;
            return given;
        } finally {
            lock.unlock();
        }
    }
}
