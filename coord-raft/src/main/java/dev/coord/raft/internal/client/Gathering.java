package dev.coord.raft.internal.client;

/**
 * Lets those who come back at the same time travel together. Callers who were told of one batch issue their next operations one after the
 * other; sent by the first of them, its operation would go alone, and the others would wait for room behind it. So as long as fewer
 * wait than were told, sending is left to another thread: by the time that it is there most of them are. Whether the others come
 * or not, it sends: nobody waits for longer than it takes a thread of the peer to come to it.
 *
 * <p>A lone caller, who is told of one operation and issues one, is not held up. Used in the mailbox only.
 */
final class Gathering {
    private final Mailbox mailbox;
    private final Runnable send;

    /** How many were told whose next operation was not sent. */
    private int expected;

    private boolean held;

    Gathering(Mailbox mailbox, Runnable send) {
        this.mailbox = mailbox;
        this.send = send;
    }

    /** So many callers are being told. */
    void told(int count) {
        expected += count;
    }

    /** So many operations were sent. */
    void sent(int count) {
        expected = Math.max(0, expected - count);
    }

    /** Sends what waits, now or when there is reason to think that nobody else comes. */
    void send(int waiting) {
        if (waiting == 0 || waiting >= expected) {
            send.run();
        } else if (!held) {
            mailbox.later(this::release); // comes after this task at the earliest
            held = true;
        }
    }

    private void release() {
        held = false;
        expected = 0;
        send.run();
    }
}
