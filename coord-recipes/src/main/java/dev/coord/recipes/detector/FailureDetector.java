package dev.coord.recipes.detector;

/**
 * Judges from the arrival of its heartbeats whether one process lives. It reads no clock: each call says when it happens, as a
 * reading in nanoseconds of one monotonic {@link dev.coord.time.Ticker}.
 *
 * <p>Heartbeats are reported by one thread at a time; suspicion may be asked for by any thread, and never blocks. A reading
 * before that of the last heartbeat counts as the same moment.
 */
public interface FailureDetector {

    /**
     * Learns that a heartbeat has arrived. If the process was suspected until now, the gap is the trace of a failure and not
     * of the network, and nothing is learnt from its length.
     *
     * @param at the reading at its arrival
     */
    void heartbeat(long at);

    /**
     * Returns how strongly the process is suspected. The scale is the detector's own; on each of them suspicion does not fall
     * until the next heartbeat.
     *
     * @param at the present reading
     * @return zero or more, always finite; 0 before the first heartbeat, of which nobody knows when to expect it
     */
    double suspicion(long at);

    /**
     * Tells whether the process is suspected: whether the suspicion has reached the detector's threshold.
     *
     * @param at the present reading
     * @return true if it is suspected; false before the first heartbeat
     */
    boolean isSuspected(long at);
}
