package dev.coord.raft.internal.client;

/**
 * Looks at what has a deadline, while there is anything: soon after something new came, and ever more rarely while nothing
 * moves, but never later than the next deadline by much. Used in a mailbox only.
 */
final class Pulse {
    private static final long SHORTEST = PeerContext.TICK.toNanos();
    private static final long LONGEST = 16 * SHORTEST;

    private final MailboxTimer timer;
    private long pause = SHORTEST;

    Pulse(PeerContext peer, Mailbox mailbox, Runnable look) {
        timer = new MailboxTimer(peer, mailbox, look);
    }

    /** Something came: it is looked at after the shortest pause. */
    void soon() {
        if (!timer.isSet() || pause > SHORTEST) {
            pause = SHORTEST;
            timer.setIn(SHORTEST);
        }
    }

    /** After a look at which nothing had moved, and something is left whose next deadline is so far away. */
    void later(long nanosToDeadline) {
        pause = Math.min(2 * pause, LONGEST);
        timer.setIn(Math.max(SHORTEST, Math.min(pause, nanosToDeadline)));
    }
}
