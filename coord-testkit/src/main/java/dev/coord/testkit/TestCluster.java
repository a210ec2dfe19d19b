package dev.coord.testkit;

import dev.coord.Coord;
import dev.coord.net.Messenger;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

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
     * Opens a session at a running peer that others may end before its time.
     *
     * @param peer the peer's id
     * @param ttl how long the session lives without a sign of life from the peer
     * @param validity for how long it relies on one, and how long it must be silent before others may end it
     * @return the new session's handle; it ends with the peer if not closed before
     */
    Coord open(String peer, Duration ttl, Duration validity);

    /**
     * Returns a running peer's way to send requests to the others.
     *
     * @param peer the peer's id
     * @return its messenger, which ends with the peer
     */
    Messenger messenger(String peer);

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
     * @param duration how much of the cluster's time, not negative
     */
    void advance(Duration duration);

    /**
     * Sleeps as the code under test would: for a script ({@link #run}) on the clock of its peer, else as {@link #advance}.
     *
     * @param duration for how long, not negative
     * @throws IllegalStateException if it is ended before, as its thread is interrupted or its simulated peer crashes
     */
    void sleep(Duration duration);

    /**
     * Runs code that may block, beside the test: as a process on a peer that is simulated, as a thread of its own if the
     * peers are real. Whatever it still waits for when this cluster is closed fails: it is interrupted.
     *
     * <p>Real, it goes on when its peer has crashed, though the peer's handles have ended. Simulated, see
     * {@link SimulatedCluster#run}.
     *
     * @param <T> its result
     * @param peer the id of a running peer
     * @param script the code; simulated, it begins when time moves
     * @return its result or what it threw
     * @throws IllegalStateException if the peer has crashed, or this cluster is closed
     */
    <T> CompletableFuture<T> run(String peer, Callable<T> script);

    /** What {@link #runUntil} waits for. */
    @FunctionalInterface
    interface Condition {

        /**
         * Looks whether it holds. It may block, as in a linearizable read, and is asked again and again.
         *
         * @return true if there is no need to wait any longer
         * @throws Exception which ends the wait as a failure, not as a condition that does not hold yet
         */
        boolean holds() throws Exception;
    }

    /**
     * Waits until a condition holds.
     *
     * @param what the condition in words, for the failure
     * @param limit how much of the cluster's time it may take
     * @param condition may block; what it throws unchecked is thrown as it is
     * @throws AssertionError if it does not hold in time; names peers that do not run. Also if the condition throws
     *     something checked
     */
    void runUntil(String what, Duration limit, Condition condition);

    /**
     * Waits up to a minute of the cluster's time until a condition holds.
     *
     * @param condition as with {@link #runUntil(String, Duration, Condition)}
     * @throws AssertionError as with {@link #runUntil(String, Duration, Condition)}
     */
    default void runUntil(Condition condition) {
        runUntil("the condition", Duration.ofMinutes(1), condition);
    }

    /**
     * Waits up to a minute of the cluster's time for a result.
     *
     * @param <T> the result's type
     * @param future what brings the result
     * @return the result
     * @throws RuntimeException what the future failed with, itself
     * @throws AssertionError if it is not done in time; names peers that do not run
     */
    <T> T await(CompletableFuture<T> future);

    /** Stops all peers and deletes what they wrote. Safe to repeat. */
    @Override
    void close();
}
