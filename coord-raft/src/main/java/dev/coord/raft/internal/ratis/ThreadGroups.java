package dev.coord.raft.internal.ratis;

import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.time.Duration;

/** Waits for the threads that Ratis leaves to end by themselves. */
final class ThreadGroups {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Ticker ticker;

    ThreadGroups(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Ends the threads of a group, bounded in time. The group's log is closed: an interrupt can hurt no file. */
    void end(ThreadGroup group) throws InterruptedException {
        Deadline deadline = Deadline.after(ticker, PATIENCE);
        Thread[] alive = new Thread[group.activeCount() + 16];
        int count = group.enumerate(alive);
        for (int i = 0; i < count; i++) {
            alive[i].interrupt();
        }
        for (int i = 0; i < count; i++) {
            long millis = deadline.remaining().toMillis();
            if (millis > 0) {
                alive[i].join(millis);
            }
        }
    }
}
