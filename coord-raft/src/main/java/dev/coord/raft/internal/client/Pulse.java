package dev.coord.raft.internal.client;

import dev.coord.time.Scheduler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what has a deadline, while there is anything: soon after something new came, and ever more rarely while nothing
 * moves, but never later than the next deadline by much. Used in a mailbox only.
 */
final class Pulse {
    private static final long SHORTEST = PeerContext.TICK.toNanos();
    private static final long LONGEST = 16 * SHORTEST;

    private final PeerContext peer;
    private final Mailbox mailbox;
    private final Runnable look;
    private Scheduler.@Nullable Timer timer;
    private long generation;
    private long pause = SHORTEST;

    Pulse(PeerContext peer, Mailbox mailbox, Runnable look) {
        this.peer = peer;
        this.mailbox = mailbox;
        this.look = look;
    }

    /** Something came: it is looked at after the shortest pause. */
    void soon() {
        if (timer == null || pause > SHORTEST) {
            pause = SHORTEST;
            schedule(SHORTEST);
        }
    }

    /** After a look at which nothing had moved, and something is left whose next deadline is so far away. */
    void later(long nanosToDeadline) {
        pause = Math.min(2 * pause, LONGEST);
        schedule(Math.max(SHORTEST, Math.min(pause, nanosToDeadline)));
    }

    private void schedule(long nanos) {
        if (timer != null) {
            timer.cancel();
        }
        long number = ++generation;
        timer = peer.scheduler().schedule(Duration.ofNanos(nanos), () -> mailbox.post(() -> beat(number)));
    }

    /** One that was due already when it was replaced must not take the place of its successor. */
    private void beat(long number) {
        if (number == generation) {
            timer = null;
            look.run();
        }
    }
}
