package dev.coord.chaos.wire;

import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the driver knows of the validity of a lease that a peer holds. It asks now and then how much is left; the answer counts
 * from the moment of the question, so this view always ends before the peer's own, which ends before the store's.
 */
final class Held {
    private static final Ticker TICKER = Ticker.system();
    private static final int QUESTIONS = 10;

    private final Link link;
    private final Verb question;
    private final Consumer<Writer> arguments;
    private final Duration interval;
    private final boolean recovers;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private long untilNanos;
    private boolean lapsed;
    private CompletableFuture<Void> signal = new CompletableFuture<>();

    /** A lease of which nothing is known yet. */
    Held(Link link, Verb question, Consumer<Writer> arguments, Duration ttl, boolean recovers) {
        this.link = link;
        this.question = question;
        this.arguments = arguments;
        this.interval = ttl.dividedBy(QUESTIONS);
        this.recovers = recovers;
        this.untilNanos = TICKER.nanos();
    }

    static long now() {
        return TICKER.nanos();
    }

    /** Begins with what was left when it was granted. */
    void begin(long sentNanos, long leftNanos) {
        learn(sentNanos, leftNanos);
        link.broken().thenRunAsync(this::end, link.threads());
        watchOver();
        ask();
    }

    private void ask() {
        if (ended.isDone()) {
            return;
        }
        long sent = TICKER.nanos();
        link.ask(question, arguments, Held::answer).whenComplete((answer, error) -> {
            if (answer != null) {
                learn(sent, answer.leftNanos());
                if (answer.over()) {
                    end();
                }
            }
            link.threads().schedule(interval, this::ask);
        });
    }

    private record Answer(long leftNanos, boolean over) {}

    private static Answer answer(Reader in) {
        return new Answer(in.getNumber(), !in.atEnd() && in.getBoolean());
    }

    private void learn(long sentNanos, long leftNanos) {
        CompletableFuture<Void> over = null;
        synchronized (this) {
            if (leftNanos <= 0) {
                over = lapse();
            } else if (!lapsed || recovers) {
                long until = sentNanos + leftNanos;
                if (lapsed && until > TICKER.nanos() && !ended.isDone()) {
                    lapsed = false;
                    signal = new CompletableFuture<>();
                    untilNanos = until;
                } else if (!lapsed) {
                    untilNanos = Math.max(untilNanos, until);
                }
            }
        }
        complete(over);
    }

    /** Gives the loss signal when the time is over, unless it was moved on. */
    private void watchOver() {
        CompletableFuture<Void> over = null;
        long left;
        synchronized (this) {
            left = untilNanos - TICKER.nanos();
            if (left <= 0 && !lapsed) {
                over = lapse();
            }
        }
        complete(over);
        if (!ended.isDone()) {
            link.threads()
                    .schedule(
                            left <= 0 ? interval : Duration.ofNanos(Math.min(left, interval.toNanos())),
                            this::watchOver);
        }
    }

    private CompletableFuture<Void> lapse() {
        lapsed = true;
        untilNanos = Math.min(untilNanos, TICKER.nanos());
        return signal;
    }

    private void complete(@Nullable CompletableFuture<Void> over) {
        if (over != null && !over.isDone()) {
            link.threads().execute(() -> over.complete(null));
        }
    }

    /** It is over for good. */
    void end() {
        CompletableFuture<Void> over;
        synchronized (this) {
            over = lapse();
        }
        over.complete(null);
        ended.complete(null);
    }

    synchronized boolean isValid() {
        return !lapsed && untilNanos - TICKER.nanos() > 0;
    }

    synchronized Deadline validUntil() {
        return Deadline.at(TICKER, untilNanos);
    }

    synchronized CompletableFuture<Void> lapsed() {
        if (!lapsed && untilNanos - TICKER.nanos() <= 0) {
            lapse().complete(null);
        }
        return signal;
    }

    CompletableFuture<Void> ended() {
        return ended;
    }
}
