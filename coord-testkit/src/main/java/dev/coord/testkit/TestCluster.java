package dev.coord.testkit;

import dev.coord.Coord;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * The peers of a test, real or simulated: a test written against this runs on either.
 *
 * <p>Methods that wait fail with an {@link AssertionError} that says what did not come true, so that a test needs no
 * handling of its own.
 */
public interface TestCluster extends AutoCloseable {

    /**
     * Returns the ids of all peers, running or not.
     *
     * @return {@code n1}, {@code n2} and so on
     */
    List<String> ids();

    /**
     * Returns the shared handle of a running peer, opened when first asked for and again when it has ended.
     *
     * @param peer the peer's id
     * @return its handle
     */
    Coord coord(String peer);

    /**
     * Opens a session of its own at a running peer.
     *
     * @param peer the peer's id
     * @param ttl how long the session lives without a sign of life from the peer
     * @return the new session's handle; it ends with the peer if not closed before
     */
    Coord open(String peer, Duration ttl);

    /**
     * Returns the Raft leader that a majority of the peers agrees on now.
     *
     * @return its id, empty if there is none
     */
    Optional<String> leader();

    /**
     * Returns what may go wrong here.
     *
     * @return the faults, which work at once
     */
    Faults faults();

    /**
     * Returns the clock of the cluster: virtual if simulated.
     *
     * @return the clock, which no fault disturbs
     */
    Ticker ticker();

    /**
     * Lets time pass. Simulated, everything that falls due happens meanwhile, and it takes hardly any real time.
     *
     * @param duration how much of the cluster's time
     */
    void advance(Duration duration);

    /**
     * Waits until a condition holds.
     *
     * @param what the condition in words, for the failure
     * @param limit how much of the cluster's time it may take
     * @param condition must not block
     * @throws AssertionError if it does not hold in time
     */
    void runUntil(String what, Duration limit, BooleanSupplier condition);

    /**
     * Waits up to a minute of the cluster's time until a condition holds.
     *
     * @param condition must not block
     * @throws AssertionError if it does not hold in time
     */
    default void runUntil(BooleanSupplier condition) {
        runUntil("the condition", Duration.ofMinutes(1), condition);
    }

    /**
     * Waits up to a minute of the cluster's time for a result.
     *
     * @param <T> the result's type
     * @param future what brings the result
     * @return the result
     * @throws RuntimeException what the future failed with, itself
     * @throws AssertionError if it is not done in time
     */
    <T> T await(CompletableFuture<T> future);

    /** Stops all peers and deletes what they wrote. Safe to repeat. */
    @Override
    void close();
}
