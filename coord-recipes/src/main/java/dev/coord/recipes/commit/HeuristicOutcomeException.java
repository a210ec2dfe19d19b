package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import java.util.List;

/**
 * The global transaction was decided, but not all participants have done so: one had decided otherwise alone. Somebody has to mend
 * it by hand. It stays listed at {@link CommitCoordinator#heuristics()} until it is forgotten.
 */
public final class HeuristicOutcomeException extends CoordException {
    private static final long serialVersionUID = 1L;

    private final transient List<HeuristicOutcome> outcomes;

    /**
     * Creates the error.
     *
     * @param outcomes who decided otherwise, and what; not empty
     */
    public HeuristicOutcomeException(List<HeuristicOutcome> outcomes) {
        super(Outcome.UNKNOWN, "participants decided alone and otherwise: " + requireNonNull(outcomes), null);
        this.outcomes = List.copyOf(outcomes);
    }

    /**
     * Returns who decided otherwise.
     *
     * @return what is known; empty if this error was sent from one JVM to another
     */
    @SuppressWarnings("ConstantValue")
    public List<HeuristicOutcome> outcomes() {
        return outcomes == null ? List.of() : outcomes;
    }
}
