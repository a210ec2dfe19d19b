package dev.coord.recipes.detector;

import static dev.coord.recipes.detector.ConfigChecks.positive;
import static dev.coord.recipes.detector.ConfigChecks.samples;

import java.time.Duration;

/**
 * Which failure detector, and how cautious. Immutable; one configuration makes any number of detectors, all of them apart.
 *
 * <p>Durations are more than zero and at most a day unless said otherwise, windows 1 to {@value #MAX_WINDOW} samples,
 * thresholds more than 0 and at most {@value #MAX_THRESHOLD}; anything else is an {@link IllegalArgumentException}.
 */
public sealed interface DetectorConfig {
    /** The most samples that a detector keeps; each heartbeat takes a step for each of them. */
    int MAX_WINDOW = 10_000;

    /** The highest threshold of a phi detector. */
    double MAX_THRESHOLD = 10_000;

    /**
     * Makes a detector that has heard nothing yet.
     *
     * @return a new detector
     */
    FailureDetector newDetector();

    /**
     * Returns the configuration with a fixed deadline: suspected as long after the last heartbeat.
     *
     * @param timeout how long
     * @return the configuration
     */
    static Deadline deadline(Duration timeout) {
        return new Deadline(timeout);
    }

    /**
     * Returns Akka's defaults of the phi accrual detector with normally distributed intervals: threshold 8, 1,000 samples, at
     * least 100 ms deviation, 3 s acceptable pause, first heartbeats estimated to come each second.
     *
     * @return the configuration
     */
    static Phi phi() {
        return new Phi(8, 1_000, Duration.ofMillis(100), Duration.ofSeconds(3), Duration.ofSeconds(1));
    }

    /**
     * Returns Cassandra's defaults of the accrual detector with exponentially distributed intervals: threshold 8, 1,000
     * samples, the first interval estimated as 2 s, none of more than 2 s learnt.
     *
     * @return the configuration
     */
    static Exponential exponential() {
        return new Exponential(8, 1_000, Duration.ofSeconds(2), Duration.ofSeconds(2));
    }

    /**
     * Returns the adaptive detector of Chen, Toueg and Aguilera with 32 samples, as in their simulations.
     *
     * @param interval how often the other process sends
     * @param margin how long after its expected arrival a heartbeat may be missing
     * @return the configuration
     */
    static Adaptive adaptive(Duration interval, Duration margin) {
        return new Adaptive(32, interval, margin);
    }

    /**
     * Suspects a process a fixed time after its last heartbeat. Suspicion is the silence as a share of the timeout, so its
     * threshold is 1.
     *
     * @param timeout the silence that makes suspect
     */
    record Deadline(Duration timeout) implements DetectorConfig {
        /** Checks the bounds. */
        public Deadline {
            positive("timeout", timeout);
        }

        @Override
        public FailureDetector newDetector() {
            return new AccrualDetector(new DeadlineLearner(timeout.toNanos()), 1);
        }
    }

    /**
     * The phi accrual detector (Hayashibara, Défago, Yared, Katayama 2004): suspicion is φ(t) = −log10(1 − F(t)), where F is
     * the normal distribution with the mean of the last intervals plus the acceptable pause, and their standard deviation or
     * the least one if that is greater. A suspicion of φ would be wrong once in 10^φ times, were intervals so distributed.
     *
     * <p>F is computed exactly, far into its tail (to a relative 1e-12). Akka approximates it by a logistic function, which
     * agrees to 0.2 up to φ = 4 and exaggerates above: an exact 8 is 9.3 there, 16 is 22.7, and from 103 on it is infinite. So
     * Akka's threshold 8 is an exact 7.06; the exact 8 comes 0.39 deviations later.
     *
     * @param threshold the φ that makes suspect
     * @param window how many intervals are kept, at least 2
     * @param minDeviation the least standard deviation, so that a steady process is not suspected for a small delay
     * @param acceptablePause added to the mean, for pauses such as garbage collection; may be zero
     * @param firstInterval the interval assumed before any was seen, with a quarter of it as deviation: two samples, which
     *     leave the window like others
     */
    record Phi(double threshold, int window, Duration minDeviation, Duration acceptablePause, Duration firstInterval)
            implements DetectorConfig {
        /** Checks the bounds. */
        public Phi {
            ConfigChecks.threshold(threshold);
            samples(window, 2);
            positive("minDeviation", minDeviation);
            ConfigChecks.notNegative("acceptablePause", acceptablePause);
            positive("firstInterval", firstInterval);
        }

        @Override
        public FailureDetector newDetector() {
            return new AccrualDetector(new NormalLearner(this), threshold);
        }

        /**
         * Returns the same with another threshold.
         *
         * @param value the φ that makes suspect
         * @return the configuration
         */
        public Phi withThreshold(double value) {
            return new Phi(value, window, minDeviation, acceptablePause, firstInterval);
        }

        /**
         * Returns the same with another acceptable pause.
         *
         * @param value zero or more
         * @return the configuration
         */
        public Phi withAcceptablePause(Duration value) {
            return new Phi(threshold, window, minDeviation, value, firstInterval);
        }

        /**
         * Returns the same with another estimate of the first interval: how often the other process sends.
         *
         * @param value the interval
         * @return the configuration
         */
        public Phi withFirstInterval(Duration value) {
            return new Phi(threshold, window, minDeviation, acceptablePause, value);
        }

        /**
         * Returns the same with another least deviation.
         *
         * @param value the least standard deviation
         * @return the configuration
         */
        public Phi withMinDeviation(Duration value) {
            return new Phi(threshold, window, value, acceptablePause, firstInterval);
        }
    }

    /**
     * The accrual detector of Cassandra: as {@link Phi}, but with exponentially distributed intervals, so that
     * φ(t) = t / (mean · ln 10). It knows no deviation and is much slower: at one heartbeat a second φ reaches 8 after 18.4 s.
     *
     * @param threshold the φ that makes suspect
     * @param window how many intervals are kept
     * @param firstInterval the interval assumed before any was seen: one sample, which leaves the window like others
     * @param maxInterval a longer interval is not learnt
     */
    record Exponential(double threshold, int window, Duration firstInterval, Duration maxInterval)
            implements DetectorConfig {
        /** Checks the bounds. */
        public Exponential {
            ConfigChecks.threshold(threshold);
            samples(window, 1);
            positive("firstInterval", firstInterval);
            positive("maxInterval", maxInterval);
        }

        @Override
        public FailureDetector newDetector() {
            return new AccrualDetector(new ExponentialLearner(this), threshold);
        }
    }

    /**
     * The detector NFD-E (Chen, Toueg, Aguilera, "On the quality of service of failure detectors", IEEE Transactions on
     * Computers 51(5), 2002): heartbeat l+1 is expected at the mean of (A<sub>i</sub> − η·s<sub>i</sub>) over the last
     * arrivals A<sub>i</sub>, plus η·(l+1), and the process is suspected the margin α after that. A late heartbeat so does
     * not put off the moment at which the next is due.
     *
     * <p>The numbers s<sub>i</sub> are not told but inferred: of the slots that lie η apart, each arrival is taken for the
     * nearest one. So lost and doubled heartbeats do no harm; delays should vary by less than half of η. After a suspicion
     * the slots begin anew. Suspicion is the lateness as a share of the margin, so its threshold is 1.
     *
     * @param window how many arrivals are kept
     * @param interval η, how often the other process sends
     * @param margin α, how late a heartbeat may be
     */
    record Adaptive(int window, Duration interval, Duration margin) implements DetectorConfig {
        /** Checks the bounds. */
        public Adaptive {
            samples(window, 1);
            positive("interval", interval);
            positive("margin", margin);
        }

        @Override
        public FailureDetector newDetector() {
            return new AccrualDetector(new ScheduleLearner(this), 1);
        }
    }
}
