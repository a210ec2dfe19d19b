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

    private final PeerContext peer;
    private final Replica replica;
    private final TermConfirmation confirmation;
    private final Mailbox mailbox;

    /** The index of the leader, for its own readers and the other peers' alike. */
    private final Rounds leaderRounds;

    /** All readings that are not done. */
    private final List<Reading> open = new ArrayList<>();

    /** Those of them that no round under way covers. */
    private final List<Reading> waiting = new ArrayList<>();

    private boolean asking;
    private boolean ticking;
    private boolean resting;
    private boolean closed;

    /** Our replica covers everything completed at this reading of the clock. */
    private volatile long freshAsOf = Long.MIN_VALUE;

    ReadBarrier(PeerContext peer, Replica replica, TermConfirmation confirmation) {
        this.peer = peer;
        this.replica = replica;
        this.confirmation = confirmation;
        this.mailbox = new Mailbox(peer.work());
        this.leaderRounds = new Rounds();
    }

    /** A reader's wait. */
    private record Reading(CompletableFuture<Void> future, Deadline deadline) {}

    /**
     * Completes when the replica covers everything completed before this call; fails with {@link UnavailableException} at the
     * deadline. Dependents run on network, Raft or timer threads and must be brief.
     */
    CompletableFuture<Void> pass(Deadline deadline) {
        Reading reading = new Reading(new CompletableFuture<>(), deadline);
        mailbox.run(() -> {
            if (closed) {
                refuse(reading);
                return;
            }
            open.add(reading);
            waiting.add(reading);
            ask();
            tickLater();
        });
        return reading.future();
    }

    /** Whether the replica covers everything that had completed the given time ago. */
    boolean isFresh(Duration age) {
        long fresh = freshAsOf;
        return fresh != Long.MIN_VALUE && peer.ticker().nanos() - fresh <= age.toNanos();
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
        reading.future()
                .completeExceptionally(
                        new ClosedException(CoordException.Outcome.NOT_APPLIED, "peer " + peer.self() + " was closed"));
    }

    @Override
    public void advanced(View view, List<Effect> effects) {}

    @Override
    public void statusChanged() {
        mailbox.post(() -> {
            resting = false;
            ask();
        });
    }

    private void ask() {
        waiting.removeIf(reading -> reading.future().isDone());
        if (asking || resting || waiting.isEmpty()) {
            return;
        }
        asking = true;
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
        round.forEach(reading -> reading.future().complete(null));
    }

    private void rest() {
        if (!resting) {
            resting = true;
            peer.scheduler()
                    .schedule(
                            RETRY_DELAY,
                            () -> mailbox.post(() -> {
                                resting = false;
                                ask();
                            }));
        }
    }

    private void tickLater() {
        if (!ticking) {
            ticking = true;
            peer.scheduler().schedule(PeerContext.TICK, () -> mailbox.post(this::tick));
        }
    }

    private void tick() {
        ticking = false;
        open.forEach(this::expire);
        open.removeIf(reading -> reading.future().isDone());
        if (!open.isEmpty()) {
            tickLater();
        }
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
