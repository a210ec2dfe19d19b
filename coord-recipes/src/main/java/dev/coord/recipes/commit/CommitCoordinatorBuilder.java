package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.lease.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describes a coordinator. Not thread-safe. */
public final class CommitCoordinatorBuilder {
    /** How long participants may take to prepare, unless told otherwise. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    /** How long outcomes are kept, unless told otherwise. */
    public static final Duration DEFAULT_RETENTION = Duration.ofHours(1);

    /** How often participants are asked for branches in doubt, unless told otherwise. */
    public static final Duration DEFAULT_SCAN_INTERVAL = Duration.ofSeconds(1);

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int LEAST_RETENTION = 4;
    private static final int USUAL_CALLS = 64;
    private static final int USUAL_TRANSACTIONS = 1024;

    final Coord coord;
    final CommitKeys keys;
    final Registry registry = new Registry();
    final Map<String, SagaSteps> sagas = new LinkedHashMap<>();
    final List<CommitListener> listeners = new ArrayList<>();
    Duration timeout = DEFAULT_TIMEOUT;
    Duration retention = DEFAULT_RETENTION;
    Duration scanInterval = DEFAULT_SCAN_INTERVAL;
    int maxTransactions = USUAL_TRANSACTIONS;
    private int maxCalls = USUAL_CALLS;

    CommitCoordinatorBuilder(Coord coord, String path) {
        this.coord = requireNonNull(coord, "coord");
        this.keys = new CommitKeys(requireNonNull(path, "path"));
    }

    /**
     * Adds a participant that can prepare. The coordinators of all peers should know the same participants by the same names: only
     * one that knows all participants of a transaction can take it over.
     *
     * @param name 1 to 64 letters, digits, dots, hyphens and underscores; the same for as long as it may be in doubt
     * @param participant what is called
     * @return this
     * @throws IllegalArgumentException if the name is out of bounds or taken
     */
    public CommitCoordinatorBuilder participant(String name, Participant participant) {
        return add(name, requireNonNull(participant, "participant"), null);
    }

    /**
     * Adds a participant that commits in one phase. If a participant of the same name can prepare, this is how it commits when it is
     * the only one in a transaction; else it is a <em>last resource</em>, one of which a transaction may have. The risks are told at
     * {@link OnePhaseParticipant}.
     *
     * @param name as for {@link #participant}
     * @param participant what is called
     * @return this
     * @throws IllegalArgumentException if the name is out of bounds or taken
     */
    public CommitCoordinatorBuilder lastResource(String name, OnePhaseParticipant participant) {
        return add(name, null, requireNonNull(participant, "participant"));
    }

    /**
     * Adds a saga. The coordinators of all peers should know the same sagas: only one that knows a saga's definition can take it over.
     *
     * @param definition what it does
     * @return this
     * @throws IllegalArgumentException if there is one of this name already
     */
    public CommitCoordinatorBuilder saga(SagaDefinition definition) {
        if (sagas.putIfAbsent(definition.name(), SagaSteps.of(coord, definition, maxCalls)) != null) {
            throw new IllegalArgumentException("saga '" + definition.name() + "' is registered twice");
        }
        return this;
    }

    private CommitCoordinatorBuilder add(
            String name, @Nullable Participant participant, @Nullable OnePhaseParticipant last) {
        registry.add(requireNonNull(name, "name"), participant, last, new Gate(coord, maxCalls));
        return this;
    }

    /**
     * Sets how long participants may take to prepare. Then the transaction is aborted; for as long again
     * {@link GlobalTransaction#commit()} waits for the decision and for the participants to be told. A coordinator that has done nothing about a
     * transaction for twice this time and the time to live of a session is taken for stuck, and others take the transaction over.
     *
     * @param longest 100 ms to a day
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public CommitCoordinatorBuilder timeout(Duration longest) {
        timeout = checked("timeout", longest, LONGEST);
        return this;
    }

    /**
     * Sets for how long after it began the outcome of a transaction is known, at least: until then
     * {@link CommitCoordinator#status} tells committed from aborted. It may be known for twice the time.
     *
     * @param shortest 1 s to 100 days, and four times the timeout at least
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public CommitCoordinatorBuilder retention(Duration shortest) {
        if (requireNonNull(shortest, "retention").compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("retention " + shortest + "; a second at least");
        }
        retention = checked("retention", shortest, Leases.MAX_TTL.dividedBy(3));
        return this;
    }

    /**
     * Sets how often participants are asked for {@linkplain Participant#recover() branches in doubt}, and records are looked through
     * for such as are stuck.
     *
     * @param interval 100 ms to a day
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public CommitCoordinatorBuilder scanInterval(Duration interval) {
        scanInterval = checked("scan interval", interval, LONGEST);
        return this;
    }

    /**
     * Sets how many transactions may be under way here at once. More are refused.
     *
     * @param most positive
     * @return this
     * @throws IllegalArgumentException if it is not positive
     */
    public CommitCoordinatorBuilder maxTransactions(int most) {
        maxTransactions = positive("transactions", most);
        return this;
    }

    /**
     * Sets how many calls may be under way at each of the participants, and at each step of the sagas, that are <em>added after
     * this</em>: so many that ask to prepare or to act, and so many that tell an outcome. Others wait. What tells never waits for what
     * asks, as that may wait for locks that only the former lets go: so give an executor of what blocks twice as many threads.
     *
     * @param most positive
     * @return this
     * @throws IllegalArgumentException if it is not positive
     */
    public CommitCoordinatorBuilder maxCalls(int most) {
        maxCalls = positive("calls", most);
        return this;
    }

    /**
     * Adds a listener.
     *
     * @param listener told of what this coordinator does
     * @return this
     */
    public CommitCoordinatorBuilder listener(CommitListener listener) {
        listeners.add(requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Starts the coordinator. Does not wait for the store.
     *
     * @return the coordinator
     * @throws IllegalStateException if it has no participant and no saga, or the retention is shorter than four times the timeout
     */
    public CommitCoordinator start() {
        if (registry.isEmpty() && sagas.isEmpty()) {
            throw new IllegalStateException("a coordinator without participants or sagas; add them first");
        }
        if (retention.compareTo(timeout.multipliedBy(LEAST_RETENTION)) < 0) {
            throw new IllegalStateException("a retention of " + retention + " is too short for a timeout of " + timeout
                    + ": whoever learns an outcome late would not learn it at all; make it " + LEAST_RETENTION
                    + " times as long at least");
        }
        return CommitCoordinator.start(this);
    }

    private static int positive(String what, int number) {
        if (number <= 0) {
            throw new IllegalArgumentException("at most " + number + " " + what + "; there must be room for one");
        }
        return number;
    }

    private static Duration checked(String what, Duration duration, Duration longest) {
        if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(longest) > 0) {
            throw new IllegalArgumentException(what + " " + duration + "; it is " + SHORTEST + " to " + longest);
        }
        return duration;
    }
}
