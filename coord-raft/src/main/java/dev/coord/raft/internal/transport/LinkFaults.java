package dev.coord.raft.internal.transport;

import java.time.Duration;

/**
 * What goes wrong with the messages of one direction between two peers. Requests and responses suffer alike, except that
 * only requests are duplicated. Immutable.
 *
 * @param dropRate the share of messages that are lost, 0 to 1
 * @param duplicateRate the share of requests that are handled twice, 0 to 1
 * @param minDelay the least time a message is on its way
 * @param maxDelay the most; each message draws its own delay from the network's seed
 * @param reorder whether a message may overtake another one whose delay is longer; otherwise it waits behind it
 */
public record LinkFaults(double dropRate, double duplicateRate, Duration minDelay, Duration maxDelay, boolean reorder) {

    /** Nothing goes wrong. */
    public static final LinkFaults NONE = new LinkFaults(0, 0, Duration.ZERO, Duration.ZERO, false);

    /** Checks the ranges. */
    public LinkFaults {
        checkRate(dropRate);
        checkRate(duplicateRate);
        if (minDelay.isNegative() || maxDelay.compareTo(minDelay) < 0) {
            throw new IllegalArgumentException("delay from " + minDelay + " to " + maxDelay);
        }
    }

    /** The same with another drop rate. */
    public LinkFaults withDropRate(double rate) {
        return new LinkFaults(rate, duplicateRate, minDelay, maxDelay, reorder);
    }

    /** The same with another duplicate rate. */
    public LinkFaults withDuplicateRate(double rate) {
        return new LinkFaults(dropRate, rate, minDelay, maxDelay, reorder);
    }

    /** The same with a fixed delay. */
    public LinkFaults withDelay(Duration delay) {
        return withDelay(delay, delay);
    }

    /** The same with a random delay. */
    public LinkFaults withDelay(Duration min, Duration max) {
        return new LinkFaults(dropRate, duplicateRate, min, max, reorder);
    }

    /** The same with messages overtaking each other, as far as random delays make them. */
    public LinkFaults withReorder(boolean on) {
        return new LinkFaults(dropRate, duplicateRate, minDelay, maxDelay, on);
    }

    boolean delays() {
        return !maxDelay.isZero();
    }

    private static void checkRate(double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("rate " + rate + " is not between 0 and 1");
        }
    }
}
