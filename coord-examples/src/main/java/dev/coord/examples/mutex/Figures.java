package dev.coord.examples.mutex;

import java.time.Duration;
import java.util.Locale;

/**
 * What was measured of one kind with so many peers.
 *
 * @param messages for an acquisition and its release
 * @param entries of the log, for both
 * @param free mean time to acquire it when it is free
 * @param handOver mean time from a release to the next grant
 * @param afterDeath how another acquires when a peer has died that did not hold it
 * @param afterHoldersDeath how another acquires when the holder has died
 */
record Figures(
        String messages, long entries, Duration free, Duration handOver, String afterDeath, String afterHoldersDeath) {

    static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
    }
}
