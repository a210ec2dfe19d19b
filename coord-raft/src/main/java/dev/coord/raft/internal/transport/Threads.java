package dev.coord.raft.internal.transport;

/** Waiting for threads to end. */
final class Threads {
    private Threads() {}

    /** Waits until the thread is gone, unless it is the calling one; an interrupt ends the wait and is kept. */
    static void join(Thread thread, long millis) {
        if (thread == Thread.currentThread()) {
            return;
        }
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
