package dev.coord.testkit.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One explanation of what was seen: the state, and who made each revision so far. */
final class World {
    private final Model model;
    private final Set<Operation> used;
    private @Nullable Step last;

    /**
     * One revision.
     *
     * @param revision its number
     * @param changes what it did, in key order
     * @param source the transaction that did it, null if the end of a lease did
     * @param lease the lease that ended
     * @param before the revision before
     */
    record Step(
            long revision,
            List<Change> changes,
            @Nullable Operation source,
            long lease,
            @Nullable Step before) {}

    World() {
        this(new Model(), new HashSet<>(), null);
    }

    private World(Model model, Set<Operation> used, @Nullable Step last) {
        this.model = model;
        this.used = used;
        this.last = last;
    }

    World copy() {
        return new World(model.copy(), new HashSet<>(used), last);
    }

    Model model() {
        return model;
    }

    /** Whether an operation of unknown outcome has had its effect. */
    boolean hasUsed(Operation unknown) {
        return used.contains(unknown);
    }

    void use(Operation unknown) {
        used.add(unknown);
    }

    /** Makes what is pending in the model the next revision. */
    void commit(@Nullable Operation source, long lease) {
        List<Change> changes = model.pending();
        model.commit();
        if (!changes.isEmpty()) {
            last = new Step(model.revision(), changes, source, lease, last);
        }
    }

    /** The latest change of a key. */
    @Nullable
    Step lastChange(String key) {
        for (Step step = last; step != null; step = step.before()) {
            for (Change change : step.changes()) {
                if (change.key().equals(key)) {
                    return step;
                }
            }
        }
        return null;
    }

    /** All revisions, in order. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>((int) model.revision());
        for (Step step = last; step != null; step = step.before()) {
            steps.add(step);
        }
        Collections.reverse(steps);
        return steps;
    }

    static Map<String, KeyLog> logs(List<Step> steps) {
        Map<String, KeyLog> logs = new HashMap<>();
        for (Step step : steps) {
            for (Change change : step.changes()) {
                logs.computeIfAbsent(change.key(), key -> new KeyLog()).add(step.revision(), change.after());
            }
        }
        return logs;
    }
}
