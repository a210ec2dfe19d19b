package dev.coord.net;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Sends requests to the other peers of the cluster and answers theirs, over the connections that the cluster has anyway.
 *
 * <p>Requests of one peer to one service of another are handled in the order they were sent, each begun after the one before
 * has returned its future, as long as the connection between the two lives; when it breaks, requests without an answer fail,
 * and later ones go over a new one. A request is handled at most once. Safe for use by any thread.
 */
public interface Messenger {

    /** Answers the requests to one service. Called on a callback thread, for one request of a sender at a time. */
    @FunctionalInterface
    interface Handler {
        /**
         * Answers a request.
         *
         * @param from the id of the peer that asks
         * @param payload the request; the handler may keep it
         * @return the answer, at most 1 MiB; what it fails with, or what this throws, is told to the asker as
         *     {@link dev.coord.IndeterminateException} with its message
         */
        CompletableFuture<byte[]> handle(String from, byte[] payload);
    }

    /** A service that answers, until it is closed. */
    interface Service extends AutoCloseable {
        /** Answers no more: requests fail. One that is being handled is still answered. Safe to repeat. */
        @Override
        void close();
    }

    /**
     * Returns the id of the peer that this belongs to.
     *
     * @return the own id
     */
    String self();

    /**
     * Returns the ids of the other members of the cluster as they are now, whether they live or not.
     *
     * @return an immutable set without {@link #self()}
     */
    Set<String> others();

    /**
     * Sends a request, without waiting.
     *
     * @param peer one of {@link #others()}, or {@link #self()}, which is answered without a network
     * @param service the name it was registered under, 1 to 64 characters
     * @param payload the request, at most 1 MiB; not copied, so do not change it afterwards
     * @param timeout how long to wait for the answer, greater than zero; a year at most
     * @return the answer; fails with {@link dev.coord.UnavailableException} if it was surely not handled (nobody can be reached,
     *     there is no such service, or too much waits at the other peer or on the way to it), with
     *     {@link dev.coord.IndeterminateException} if it perhaps was, with {@link dev.coord.LimitExceededException} if it is too
     *     long or too much is unanswered by that peer, with {@link dev.coord.ClosedException} after the peer was closed
     * @throws IllegalArgumentException if the peer is no member, or the service or the timeout is out of bounds
     */
    CompletableFuture<byte[]> request(String peer, String service, byte[] payload, Duration timeout);

    /**
     * Registers a service. Requests that come before are refused.
     *
     * @param service its name, 1 to 64 characters
     * @param handler what answers
     * @return the registration
     * @throws IllegalStateException if a service of this name is registered already
     */
    Service serve(String service, Handler handler);
}
