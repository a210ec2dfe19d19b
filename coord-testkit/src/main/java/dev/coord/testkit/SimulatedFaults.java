package dev.coord.testkit;

import java.time.Duration;

/** What may go wrong besides in a simulated cluster, where time and Raft are simulated too. */
public interface SimulatedFaults extends Faults {

    /**
     * Stops a peer's process as a long garbage collection would: nothing of it runs, timers and callbacks included, while
     * its clock and everybody else go on. What is sent to it waits. Called by a script ({@link TestCluster#run}) on that
     * very peer, it returns only when the peer is resumed; a callback, which cannot stop midway, runs to its end.
     *
     * @param peer its id
     * @throws IllegalStateException if it is paused already or has crashed; or, where a script waits in this call, if its
     *     peer crashes or the cluster is closed meanwhile
     */
    void pause(String peer);

    /**
     * Lets a paused peer go on; what fell due meanwhile happens now.
     *
     * @param peer its id
     */
    void resume(String peer);

    /**
     * Changes how fast a peer's monotonic clock runs from now on. The promises of leases hold while the rates of any two
     * clocks differ by one part in 50 at most.
     *
     * @param peer its id
     * @param rate seconds on its clock for each second of the simulation, above 0
     */
    void skewClock(String peer, double rate);

    /**
     * Makes a running peer that is neither cut off nor paused the Raft leader of a new term. The former leader may not know for a while.
     * What it had appended and not committed is kept or lost by the seed.
     *
     * @param peer its id
     */
    void elect(String peer);

    /**
     * Keeps a peer's replica from learning what is committed for a while, though messages still reach it.
     *
     * @param peer its id
     * @param duration for how long, not negative
     */
    void delayReplica(String peer, Duration duration);

    /**
     * Replaces a peer's replica by a snapshot of the present state, as Raft does with a peer that lags far behind.
     *
     * @param peer its id
     */
    void installSnapshot(String peer);

    /**
     * Sets what befalls messages between peers.
     *
     * @param lossRate the share of messages that are lost, 0 to 1
     * @param duplicateRate the share of requests that arrive twice, 0 to 1
     * @param maxDelay the longest that a message is on its way; with it messages overtake each other
     */
    void disturbMessages(double lossRate, double duplicateRate, Duration maxDelay);
}
