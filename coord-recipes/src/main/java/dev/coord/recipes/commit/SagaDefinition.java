package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a saga does: steps in order, each with a compensation (Garcia-Molina and Salem, <i>Sagas</i>, SIGMOD 1987). Immutable.
 *
 * <p>Sagas under way outlive the program that started them. A record knows its definition by its name and the names of its steps; a
 * coordinator that has no such definition leaves the saga to others. So a definition whose steps change needs a new name, and the old one
 * has to be registered until no saga of it is in the {@linkplain CommitCoordinator#backlog backlog}.
 */
public final class SagaDefinition {
    /** The greatest number of steps. */
    public static final int MAX_STEPS = 64;

    /** How many bytes a saga's input and the results of its steps may have together. */
    public static final int MAX_BYTES = 1 << 18;

    /** How often an action is tried, unless told otherwise. */
    public static final int DEFAULT_ATTEMPTS = 3;

    /** How long a call may take, unless told otherwise. */
    public static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(10);

    /** How long to wait at most between two tries, unless told otherwise. */
    public static final Duration DEFAULT_LONGEST_BACKOFF = Duration.ofSeconds(5);

    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MOST_ATTEMPTS = 1000;

    private final String name;
    private final List<Step> steps;
    private final int attempts;
    private final Duration callTimeout;
    private final Duration longestBackoff;

    /** One step. */
    record Step(String name, SagaStep calls) {}

    private SagaDefinition(Builder builder) {
        name = builder.name;
        steps = List.copyOf(builder.steps);
        attempts = builder.attempts;
        callTimeout = builder.callTimeout;
        longestBackoff = builder.longestBackoff;
    }

    /**
     * Describes a saga.
     *
     * @param name 1 to 64 letters, digits, dots, hyphens and underscores
     * @return a builder without steps
     * @throws IllegalArgumentException if the name is out of bounds
     */
    public static Builder named(String name) {
        return new Builder(checkName("saga", name));
    }

    /**
     * Returns the name.
     *
     * @return by which sagas are started
     */
    public String name() {
        return name;
    }

    /**
     * Returns the names of the steps.
     *
     * @return in order
     */
    public List<String> stepNames() {
        return steps.stream().map(Step::name).toList();
    }

    List<Step> steps() {
        return steps;
    }

    int attempts() {
        return attempts;
    }

    Duration callTimeout() {
        return callTimeout;
    }

    /** How long to wait after so many failures in a row. */
    Duration backoff(int failures) {
        Duration doubled = SHORTEST.multipliedBy(1L << Math.min(failures, 20));
        return doubled.compareTo(longestBackoff) < 0 ? doubled : longestBackoff;
    }

    /** How long all tries of an action may take together. */
    Duration longestStep() {
        return callTimeout.plus(longestBackoff).multipliedBy(attempts);
    }

    private static String checkName(String what, String name) {
        if (!requireNonNull(name, what).matches("[\\w.-]{1," + Registry.MAX_NAME + "}")) {
            throw new IllegalArgumentException(what + " '" + name + "': a name has 1 to " + Registry.MAX_NAME
                    + " letters, digits, dots, hyphens and underscores");
        }
        return name;
    }

    @Override
    public String toString() {
        return "SagaDefinition(" + name + " " + stepNames() + ")";
    }

    /** Describes a saga. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private final List<Step> steps = new ArrayList<>();
        private int attempts = DEFAULT_ATTEMPTS;
        private Duration callTimeout = DEFAULT_CALL_TIMEOUT;
        private Duration longestBackoff = DEFAULT_LONGEST_BACKOFF;

        private Builder(String name) {
            this.name = name;
        }

        /**
         * Adds a step, after the others. What cannot be undone comes last: it is only done when all before it have been, and a failure
         * of it is compensated by undoing what it has perhaps done.
         *
         * @param step its name: 1 to 64 letters, digits, dots, hyphens and underscores
         * @param calls what is called
         * @return this
         * @throws IllegalArgumentException if the name is out of bounds or taken, or there are {@value SagaDefinition#MAX_STEPS}
         */
        public Builder step(String step, SagaStep calls) {
            checkName("step", step);
            requireNonNull(calls, "calls");
            if (steps.stream().anyMatch(other -> other.name().equals(step))) {
                throw new IllegalArgumentException("saga '" + name + "' has a step '" + step + "' already");
            }
            if (steps.size() == MAX_STEPS) {
                throw new IllegalArgumentException(
                        "saga '" + name + "' has " + MAX_STEPS + " steps already; let a step do more");
            }
            steps.add(new Step(step, calls));
            return this;
        }

        /**
         * Sets how often an action is tried before the saga is compensated. Each coordinator that takes the saga over counts anew.
         *
         * @param most 1 to 1000
         * @return this
         * @throws IllegalArgumentException if it is out of bounds
         */
        public Builder attempts(int most) {
            if (most < 1 || most > MOST_ATTEMPTS) {
                throw new IllegalArgumentException("attempts " + most + "; they are 1 to " + MOST_ATTEMPTS);
            }
            attempts = most;
            return this;
        }

        /**
         * Sets how long a call may take, until it counts as failed: for an action or a compensation, and with the time it waits for others.
         *
         * @param longest 50 ms to an hour
         * @return this
         * @throws IllegalArgumentException if it is out of bounds
         */
        public Builder callTimeout(Duration longest) {
            callTimeout = checked("call timeout", longest);
            return this;
        }

        /**
         * Sets how long to wait at most between two tries. The first wait is 50 ms, each other twice the one before.
         *
         * @param longest 50 ms to an hour
         * @return this
         * @throws IllegalArgumentException if it is out of bounds
         */
        public Builder longestBackoff(Duration longest) {
            longestBackoff = checked("longest back-off", longest);
            return this;
        }

        /**
         * Returns the definition.
         *
         * @return it
         * @throws IllegalStateException if there is no step
         */
        public SagaDefinition build() {
            if (steps.isEmpty()) {
                throw new IllegalStateException("saga '" + name + "' has no steps; add them first");
            }
            return new SagaDefinition(this);
        }

        private static Duration checked(String what, Duration duration) {
            if (requireNonNull(duration, what).compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(what + " " + duration + "; it is " + SHORTEST + " to " + LONGEST);
            }
            return duration;
        }
    }
}
