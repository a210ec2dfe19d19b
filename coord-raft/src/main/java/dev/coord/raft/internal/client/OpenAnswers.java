package dev.coord.raft.internal.client;

import dev.coord.CoordException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Answers that nobody would end any more if the peer closed, as it has no timers then. */
final class OpenAnswers {
    private final PeerContext peer;
    private final Supplier<CoordException> closed;
    private final Map<Long, CompletableFuture<?>> open = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    OpenAnswers(PeerContext peer, Supplier<CoordException> closed) {
        this.peer = peer;
        this.closed = closed;
    }

    /** Sees to it that an answer is completed; called before it is asked for. */
    void add(CompletableFuture<?> answer) {
        long number = numbers.incrementAndGet();
        open.put(number, answer);
        answer.whenComplete((result, error) -> open.remove(number));
        if (peer.isClosed()) {
            close();
        }
    }

    /** Called when the peer is known to be closed. */
    void close() {
        open.values().forEach(answer -> answer.completeExceptionally(closed.get()));
    }
}
