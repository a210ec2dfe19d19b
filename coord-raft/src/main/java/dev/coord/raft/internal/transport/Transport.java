package dev.coord.raft.internal.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Request and response between the peers of one cluster. Requests from one peer to another arrive in the order they were
 * sent as long as the connection lives; each is answered, or fails, on its own.
 */
public interface Transport extends AutoCloseable {

    /** Answers requests. Called on a network thread: it must not block. */
    @FunctionalInterface
    interface RequestHandler {
        /**
         * Answers a request.
         *
         * @param from the id of the peer that asks, as it named itself when connecting (proved by its certificate under
         *     mutual TLS)
         * @param kind what is asked
         * @param payload the request; the handler may keep it
         * @return the response; a failure is told to the asker as a {@link TransportException} with its message
         */
        CompletableFuture<byte[]> handle(String from, MessageKind kind, byte[] payload);
    }

    /** Told about connections that break. Called on a network thread: it must not block. */
    @FunctionalInterface
    interface ConnectionListener {
        /**
         * An established connection with the peer, made by either side, was closed or reset by it, and an immediate attempt
         * to connect was refused: most likely its process is gone. A hint: it may come twice, or not at all.
         */
        void peerGone(String peer);
    }

    /** Starts accepting requests; called once. Fails with {@link java.net.BindException} if the port is in use. */
    void start(RequestHandler handler, ConnectionListener listener) throws IOException;

    /** Notes where a peer is that came later, unless its address was given at the start; not where ids are enough to find it. */
    default void learn(String peer, PeerAddress address) {}

    /** Where a peer is, if that is known. */
    default Optional<PeerAddress> address(String peer) {
        return Optional.empty();
    }

    /**
     * Sends a request. Never blocks; connects as needed. The future fails with {@link TransportException} when the peer
     * cannot be reached, refuses us, or does not answer in time; then the request may or may not have been handled.
     */
    CompletableFuture<byte[]> request(String peer, MessageKind kind, byte[] payload, Duration timeout);

    /**
     * Stops; pending requests fail. No thread or socket is left when it returns, unless it is called on a thread of its
     * own, which then ends soon after. Safe to repeat.
     */
    @Override
    void close();
}
