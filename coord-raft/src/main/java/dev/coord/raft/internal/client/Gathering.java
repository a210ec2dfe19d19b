package dev.coord.raft.internal.client;

import java.util.concurrent.Executor;

/**
 * Lets those who come back at the same time travel together. Callers who were told of one batch issue their next operations one after the
 * other; sent by the first of them, its operation would go alone, and the others would wait for room behind it. So as long as fewer
 * wait than were told, sending is left to another thread: by the time that it is there most of them are. Nobody waits for longer
 * than it takes to wake a thread, whether the others come or not.
 *
 * <p>A lone caller, who is told of one operation and issues one, is not held up. Used in the mailbox only.
 */
final class Gathering {
    private final Executor executor;
    private final Mailbox mailbox;
    private final Runnable send;

    /** Who was told, and has not been heard of since. */
    private int expected;

    private boolean held;

    /** Sends in the mailbox, by way of the executor when it leaves that to another thread. */
    Gathering(Executor executor, Mailbox mailbox, Runnable send) {
        this.executor = executor;
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
            held = true;
            executor.execute(() -> mailbox.run(this::release));
        }
    }

    private void release() {
        held = false;
        expected = 0;
        send.run();
    }
}
