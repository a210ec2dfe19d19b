package dev.coord.raft.internal.transport;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A request that was not answered yet. All but the future belongs to the event loop of its link. */
final class PendingRequest {
    /** Keeps many small requests within the bound on bytes as well. */
    private static final int OVERHEAD_BYTES = 256;

    final CompletableFuture<byte[]> answer = new CompletableFuture<>();
    final MessageKind kind;
    final long timeoutNanos;
    final int cost;
    long id;
    /** Null once it was handed to a connection. */
    byte @Nullable [] payload;

    @Nullable
    Future<?> timer;

    boolean finished;

    PendingRequest(MessageKind kind, byte[] payload, Duration timeout) {
        this.kind = kind;
        this.payload = payload;
        this.timeoutNanos = timeout.toNanos();
        this.cost = payload.length + OVERHEAD_BYTES;
    }

    boolean wasSent() {
        return payload == null;
    }
}
