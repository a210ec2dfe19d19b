package dev.coord.raft.internal.client;

import dev.coord.time.Scheduler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A timer whose task runs in a mailbox. Set again it replaces itself, even if it was due already and its task waits in the
 * mailbox: there is never more than one to come. Used in the mailbox only.
 */
final class MailboxTimer {
    private final PeerContext peer;
    private final Mailbox mailbox;
    private final Runnable task;
    private Scheduler.@Nullable Timer timer;
    private long dueAt;
    private long generation;

    MailboxTimer(PeerContext peer, Mailbox mailbox, Runnable task) {
        this.peer = peer;
        this.mailbox = mailbox;
        this.task = task;
    }

    boolean isSet() {
        return timer != null;
    }

    /** When the task is to run; means something while the timer is set. */
    long dueAt() {
        return dueAt;
    }

    /** Runs the task in so long, and not when it was to run before. */
    void setIn(long nanos) {
        if (timer != null) {
            timer.cancel();
        }
        dueAt = peer.ticker().nanos() + nanos;
        long number = ++generation;
        timer = peer.scheduler().schedule(Duration.ofNanos(nanos), () -> mailbox.post(() -> fire(number)));
    }

    /** Runs the task in so long, or sooner if it was to run sooner. */
    void setWithin(long nanos) {
        if (timer == null || dueAt - (peer.ticker().nanos() + nanos) > 0) {
            setIn(nanos);
        }
    }

    private void fire(long number) {
        if (number == generation) {
            timer = null;
            task.run();
        }
    }
}
