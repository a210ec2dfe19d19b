package dev.coord.raft.internal.client;

import dev.coord.CoordException;
import dev.coord.IndeterminateException;
import dev.coord.UnavailableException;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Proposal;
import dev.coord.raft.internal.store.Result;
import dev.coord.time.Deadline;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A write on its way: waiting for its turn, sent perhaps several times, and settled once. Its fields but the future
 * belong to the {@link Proposer}'s mailbox.
 */
final class Operation {
    final SessionSequence session;
    final Command command;
    final Deadline deadline;

    /** When it was issued, by the ticker, or {@link PeerMeasures#UNTIMED}. */
    final long issuedAt;

    /** Settled with the result or a {@link CoordException}; completed on Raft's or the timer's thread. */
    final CompletableFuture<Result> future = new CompletableFuture<>();

    /** The operation's number in its session; 0 until it is sent first. */
    long sequence;

    int attempts;
    boolean abandoned;
    boolean applied;

    @Nullable
    Flight flight;

    Operation(SessionSequence session, Command command, Deadline deadline, long issuedAt) {
        this.session = session;
        this.command = command;
        this.deadline = deadline;
        this.issuedAt = issuedAt;
    }

    boolean wasSent() {
        return attempts > 0;
    }

    /** What to send: once the caller has given up, nothing but the operation's place in the sequence. */
    Proposal proposal() {
        return new Proposal(session.id, sequence, session.acknowledged(), abandoned ? new Command.Noop() : command);
    }

    /** The error of a caller that can wait no longer. */
    CoordException givenUp(String why) {
        return wasSent()
                ? new IndeterminateException(
                        why + "; the operation was sent and may have been applied: read before" + " issuing it again")
                : new UnavailableException(why + "; the operation was not sent");
    }
}
