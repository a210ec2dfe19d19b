package dev.coord.raft.internal.client;

import dev.coord.ClosedException;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.IndeterminateException;
import dev.coord.UnavailableException;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.internal.transport.TransportException;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Asks the leader to end leases whose holders are silent, again and again until it has answered: to ask twice does no harm. */
final class SilentLeases {
    private static final Duration RETRY_DELAY = Duration.ofMillis(50);

    private final PeerContext peer;
    private final LeaseKeeper keeper;
    private final OpenAnswers open;

    SilentLeases(PeerContext peer, LeaseKeeper keeper) {
        this.peer = peer;
        this.keeper = keeper;
        open = new OpenAnswers(
                peer,
                () -> new ClosedException(Outcome.UNKNOWN, peer.ending() + " before the Raft leader had answered"));
    }

    /** Completes with whether the lease is gone; fails when the leader has not answered until the deadline. */
    CompletableFuture<Boolean> end(long lease, Deadline deadline) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        open.add(answer);
        attempt(lease, deadline, false, answer);
        return answer;
    }

    private void attempt(long lease, Deadline deadline, boolean sentBefore, CompletableFuture<Boolean> answer) {
        askSafely(lease).whenComplete((gone, error) -> {
            if (error == null) {
                answer.complete(gone);
                return;
            }
            Throwable cause = Waiting.unwrap(error);
            boolean sent = sentBefore || (cause instanceof TransportException failed && failed.wasSent());
            if (deadline.remainingNanos() <= RETRY_DELAY.toNanos()) {
                answer.completeExceptionally(failure(lease, sent, cause));
            } else {
                peer.scheduler().schedule(RETRY_DELAY, () -> attempt(lease, deadline, sent, answer));
            }
        });
    }

    /** A question that cannot even be asked has failed like any other. */
    private CompletableFuture<Boolean> askSafely(long lease) {
        try {
            return ask(lease);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Boolean> ask(long lease) {
        RaftStatus status = peer.status();
        String leader = status.leader();
        if (leader == null) {
            return CompletableFuture.failedFuture(new IllegalStateException(peer.describe()));
        }
        byte[] question = new Writer(10).putNumber(lease).toByteArray();
        return status.leading()
                ? keeper.endIfSilent(lease)
                : peer.transport()
                        .request(leader, MessageKind.END_SILENT, question, peer.requestTimeout())
                        .thenApply(bytes -> new Reader(bytes).getBoolean());
    }

    /** Answers what another peer asks this one for. */
    CompletableFuture<byte[]> answer(byte[] question) {
        return keeper.endIfSilent(new Reader(question).getNumber())
                .thenApply(gone -> new Writer(1).putBoolean(gone).toByteArray());
    }

    /** The peer is being closed, and has no timers any more. */
    void close() {
        open.close();
    }

    private static CoordException failure(long lease, boolean sent, Throwable cause) {
        String message = "whether lease " + lease + " has ended is not known: " + cause.getMessage();
        return sent ? new IndeterminateException(message) : new UnavailableException(message, cause);
    }
}
