package dev.coord.recipes.broadcast;

import dev.coord.ClosedException;
import dev.coord.recipes.internal.Async;
import dev.coord.time.Scheduler.Timer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The messages between this process and one other member, in order and once each, whatever the network loses: those sent are
 * numbered, kept until they are answered and sent again from the first unanswered one on (go-back-N, as in Tanenbaum's
 * textbook); those received are taken in the order of their numbers. What makes no progress is tried by its first message only,
 * and if that was refused less and less often; each progress doubles how many are on their way (Jacobson's slow start). Used in the link's context only.
 */
final class Channel {
    /** Sent and not answered at a time. */
    private static final int WINDOW = 32;

    /** The longest pause after refusals, in those of the link. */
    private static final int LONGEST_PAUSE = 8;

    private final Link link;
    private final String peer;

    /** Of the other end, as far as it was heard of. */
    private Life life = Life.UNKNOWN;

    // ---- sent
    private final Deque<Sending> unanswered = new ArrayDeque<>();
    private long epoch = 1;
    private long answered;
    private long sent;
    private int window = WINDOW;
    private int pause = 1;
    private @Nullable Timer again;

    // ---- received
    private long receivedEpoch;
    private long received;

    private static final class Sending {
        final byte[] body;
        final Runnable whenReceived;

        Sending(byte[] body, Runnable whenReceived) {
            this.body = body;
            this.whenReceived = whenReceived;
        }
    }

    Channel(Link link, String peer) {
        this.link = link;
        this.peer = peer;
    }

    /** Of the other end; unknown if it has not been heard of. */
    Life life() {
        return life;
    }

    int size() {
        return unanswered.size();
    }

    void send(byte[] body, Runnable whenReceived) {
        unanswered.add(new Sending(body, whenReceived));
        sendMore();
    }

    private void sendMore() {
        while (sent < answered + Math.min(window, unanswered.size())) {
            request(++sent);
        }
    }

    private void request(long number) {
        Iterator<Sending> from = unanswered.iterator();
        for (long skipped = answered + 1; skipped < number; skipped++) {
            from.next();
        }
        byte[] parcel = new Parcel(link.life(), epoch, life, number, from.next().body).encode();
        long inEpoch = epoch;
        Async.run(
                () -> link.request(peer, parcel),
                (answer, failure) -> link.run(() -> answered(inEpoch, number, answer, failure)));
    }

    private void answered(long inEpoch, long number, byte @Nullable [] answer, @Nullable Throwable failure) {
        if (inEpoch != epoch) {
            return;
        }
        if (failure instanceof ClosedException) {
            link.close();
        } else if (answer == null) {
            sendAgainLater();
        } else {
            answered(number, answer);
        }
    }

    private void answered(long number, byte[] answer) {
        Receipt receipt;
        try {
            receipt = Receipt.decode(answer);
        } catch (RuntimeException e) {
            // No answer of a member of this version: as if none had come.
            sendAgainLater();
            return;
        }
        answered(number, receipt);
    }

    private void answered(long number, Receipt receipt) {
        switch (receipt.status()) {
            case OVER -> link.over(receipt.member());
            case REPLACED -> link.replaced();
            case RECEIVED -> {
                if (!hear(receipt.life())) {
                    received(number, receipt);
                    sendMore();
                }
            }
        }
    }

    private void received(long number, Receipt receipt) {
        // What an earlier process received, this one has not.
        boolean mine = receipt.life().equals(life);
        if (mine) {
            receivedUpTo(receipt.received());
        }
        if (!mine || receipt.received() < number) {
            sendAgainLater();
            if (mine && window == 1 && number == answered + 1) {
                // It has no room; were it only that they came in another order, this one would have been taken.
                pause = Math.min(LONGEST_PAUSE, 2 * pause);
            }
        }
    }

    private void receivedUpTo(long number) {
        while (answered < number && !unanswered.isEmpty()) {
            answered++;
            window = Math.min(WINDOW, 2 * window);
            pause = 1;
            unanswered.remove().whenReceived.run();
        }
        sent = Math.max(sent, answered);
    }

    private void sendAgainLater() {
        if (again == null) {
            long before = answered;
            again = link.later(pause, () -> {
                again = null;
                window = answered == before ? 1 : window;
                sent = answered;
                sendMore();
            });
        }
    }

    /** Hears of the process at the other end; true if it is another than before, which begins a new channel. */
    private boolean hear(Life now) {
        boolean first = life.equals(Life.UNKNOWN);
        if (now.compareTo(life) <= 0) {
            return false;
        }
        life = now;
        receivedEpoch = 0;
        received = 0;
        if (first) {
            link.met();
            return false;
        }
        restart();
        return true;
    }

    /** What the former process has not answered it never will; the new one begins where it is told. */
    private void restart() {
        Deque<Sending> dropped = new ArrayDeque<>(unanswered);
        unanswered.clear();
        epoch++;
        answered = 0;
        sent = 0;
        window = WINDOW;
        pause = 1;
        link.restarted(peer);
        // Unless the protocol has ended with that: what is gone with the process was not received.
        dropped.forEach(each -> each.whenReceived.run());
        link.begin(this);
    }

    Receipt arrive(Parcel parcel) {
        if (parcel.life.compareTo(life) < 0) {
            return new Receipt(Receipt.Status.REPLACED, link.life(), 0, "");
        }
        // What was sent to an earlier process of this member, perhaps long ago, tells nothing; its sender is told of
        // this one.
        if (parcel.target.equals(Life.UNKNOWN) || parcel.target.equals(link.life())) {
            hear(parcel.life);
            take(parcel);
        }
        return new Receipt(Receipt.Status.RECEIVED, link.life(), received, "");
    }

    private void take(Parcel parcel) {
        if (parcel.epoch > receivedEpoch) {
            receivedEpoch = parcel.epoch;
            received = 0;
        }
        if (parcel.epoch == receivedEpoch && parcel.number == received + 1 && link.take(peer, parcel.body)) {
            received++;
        }
    }

    void close() {
        if (again != null) {
            again.cancel();
        }
        unanswered.clear();
    }
}
