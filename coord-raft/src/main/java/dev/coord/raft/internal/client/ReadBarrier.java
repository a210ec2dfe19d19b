package dev.coord.raft.internal.client;

import dev.coord.ClosedException;
import dev.coord.CoordException;
import dev.coord.UnavailableException;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.store.View;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, for reads at this peer, a log index that covers everything completed before they were issued, and waits for
 * the replica to reach it.
 *
 * <p>Reads share rounds: those that arrive while one is under way share the <em>next</em>, never the one already sent. A
 * round asks the leader, which confirms its leadership with a majority. A failed round is repeated while its readers have
 * time.
 */
final class ReadBarrier implements Replica.Listener {
    private static final Duration RETRY_DELAY = Duration.ofMillis(20);
    private static final Duration LONGEST_RETRY_DELAY = Duration.ofMillis(320);

    private final PeerContext peer;
    private final PeerMeasures measures;
    private final Replica replica;
    private final TermConfirmation confirmation;
    private final Mailbox mailbox;
    private final Pulse pulse;

    /** The index of the leader, for its own readers and the other peers' alike. */
    private final Rounds leaderRounds;

    /** All readings that are not done. */
    private final List<Reading> open = new ArrayList<>();

    /** Those of them that no round under way covers. */
    private final List<Reading> waiting = new ArrayList<>();

    private final LongAdder roundCount = new LongAdder();
    private boolean asking;
    private Duration retryDelay = RETRY_DELAY;
    private boolean resting;
    private boolean closed;

    /** Our replica covers everything completed at this reading of the clock. */
    private volatile long freshAsOf = Long.MIN_VALUE;

    ReadBarrier(PeerContext peer, Replica replica, TermConfirmation confirmation) {
        this.peer = peer;
        this.measures = peer.measures();
        this.replica = replica;
        this.confirmation = confirmation;
        this.mailbox = new Mailbox(peer.work());
        this.pulse = new Pulse(peer, mailbox, this::look);
        this.leaderRounds = new Rounds();
    }

    /** A reader's wait. */
    private record Reading(CompletableFuture<Void> future, Deadline deadline, long issuedAt) {}

    /**
     * Completes when the replica covers everything completed before this call; fails with {@link UnavailableException} at the
     * deadline. Dependents run on network, Raft or timer threads and must be brief.
     */
    CompletableFuture<Void> pass(Deadline deadline) {
        Reading reading = new Reading(new CompletableFuture<>(), deadline, measures.now());
        mailbox.run(() -> {
            if (closed) {
                refuse(reading);
                return;
            }
            open.add(reading);
            waiting.add(reading);
            ask();
            pulse.soon();
        });
        return reading.future();
    }

    /** Whether the replica covers everything that had completed the given time ago. */
    boolean isFresh(Duration age) {
        long fresh = freshAsOf;
        return fresh != Long.MIN_VALUE && peer.ticker().nanos() - fresh <= age.toNanos();
    }

    long roundCount() {
        return roundCount.sum();
    }

    /** The confirmed index, asked of this peer as the leader. */
    CompletableFuture<Long> leaderIndex() {
        return leaderRounds.join();
    }

    /** Fails the readings under way and all that come, when the peer closes: no timer would end them any more. */
    void close() {
        mailbox.run(() -> {
            closed = true;
            open.forEach(this::refuse);
        });
    }

    private void refuse(Reading reading) {
        reading.future().completeExceptionally(new ClosedException(CoordException.Outcome.NOT_APPLIED, peer.ending()));
    }

    @Override
    public void advanced(View view, List<Effect> effects) {}

    @Override
    public void statusChanged() {
        mailbox.post(() -> {
            resting = false;
            retryDelay = RETRY_DELAY;
            ask();
        });
    }

    private void ask() {
        waiting.removeIf(reading -> reading.future().isDone());
        if (asking || resting || waiting.isEmpty()) {
            return;
        }
        asking = true;
        roundCount.increment();
        List<Reading> round = new ArrayList<>(waiting);
        waiting.clear();
        long began = peer.ticker().nanos();
        attempt(this::askLeader)
                .whenComplete((index, error) -> mailbox.run(() -> answered(round, began, index, error)));
    }

    /** A question that cannot even be asked is a failed round like any other; the rounds must go on. */
    private static CompletableFuture<Long> attempt(Supplier<CompletableFuture<Long>> question) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Long> askLeader() {
        RaftStatus status = peer.status();
        String leader = status.leader();
        if (leader == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("no Raft leader"));
        }
        return status.leading()
                ? leaderRounds.join()
                : peer.transport()
                        .request(leader, MessageKind.READ_INDEX, new byte[0], peer.requestTimeout())
                        .thenApply(answer -> new Reader(answer).getNumber());
    }

    private void answered(List<Reading> round, long began, @Nullable Long index, @Nullable Throwable error) {
        asking = false;
        if (error != null || index == null) {
            waiting.addAll(0, round);
            rest();
            return;
        }
        retryDelay = RETRY_DELAY;
        CompletableFuture<Void> reached = replica.awaitIndex(index);
        if (reached.isDone()) {
            release(round, began);
        } else {
            reached.thenRun(() -> release(round, began));
        }
        ask();
    }

    private void release(List<Reading> round, long began) {
        long fresh = freshAsOf;
        if (fresh == Long.MIN_VALUE || began - fresh > 0) {
            freshAsOf = began;
        }
        long now = measures.now();
        measures.confirmedReads.add(round.size());
        for (Reading reading : round) {
            // One that was given up at its deadline was told so long ago.
            if (reading.future().complete(null) && reading.issuedAt() != PeerMeasures.UNTIMED) {
                measures.readLatencies.record(now - reading.issuedAt());
            }
        }
    }

    private void rest() {
        if (!resting) {
            resting = true;
            peer.scheduler()
                    .schedule(
                            retryDelay,
                            () -> mailbox.post(() -> {
                                resting = false;
                                ask();
                            }));
            // Whoever leads next is heard of at once; a leader who does not answer is asked ever more rarely.
            Duration longer = retryDelay.multipliedBy(2);
            retryDelay = longer.compareTo(LONGEST_RETRY_DELAY) < 0 ? longer : LONGEST_RETRY_DELAY;
        }
    }

    private void look() {
        open.forEach(this::expire);
        boolean moved = open.removeIf(reading -> reading.future().isDone());
        if (moved && !open.isEmpty()) {
            pulse.soon();
        } else if (!open.isEmpty()) {
            pulse.later(nextDeadline());
        }
    }

    private long nextDeadline() {
        long next = Long.MAX_VALUE;
        for (Reading reading : open) {
            next = Math.min(next, reading.deadline().remainingNanos());
        }
        return next;
    }

    private void expire(Reading reading) {
        if (reading.deadline().isPast()) {
            reading.future()
                    .completeExceptionally(new UnavailableException(
                            "no Raft leader confirmed the read before the deadline (" + peer.describe() + ")"));
        }
    }

    /** The leader's rounds of confirmation, shared in the same way. */
    private final class Rounds {
        private final Mailbox rounds = new Mailbox(peer.work());
        private List<CompletableFuture<Long>> next = new ArrayList<>();
        private boolean running;

        CompletableFuture<Long> join() {
            CompletableFuture<Long> index = new CompletableFuture<>();
            rounds.run(() -> {
                next.add(index);
                start();
            });
            return index;
        }

        private void start() {
            if (running || next.isEmpty()) {
                return;
            }
            running = true;
            List<CompletableFuture<Long>> round = next;
            next = new ArrayList<>();
            attempt(confirmation::confirm)
                    .whenComplete((index, error) -> rounds.run(() -> {
                        running = false;
                        round.forEach(each -> {
                            if (error == null) {
                                each.complete(index);
                            } else {
                                each.completeExceptionally(error);
                            }
                        });
                        start();
                    }));
        }
    }
}
