package dev.coord.testkit.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One explanation of what was seen: the state, and who made each revision so far. Where several led to the same state, they
 * go on as one that remembers them all.
 */
final class World {
    private static final int WORTH_SETTLING = 32;

    private final Model model;
    private final Layered<Operation, Boolean> used;

    /** The latest call among the used operations of each handle. */
    private final Layered<String, Long> latestCalls;

    private List<Step> last;

    /**
     * One revision.
     *
     * @param revision its number
     * @param changes what it did, in key order
     * @param source the transaction that did it, null if the end of a lease did
     * @param lease the lease that ended
     * @param before the revision before; several if several ways led to the same state
     */
    record Step(
            long revision, List<Change> changes, @Nullable Operation source, long lease, List<Step> before) {}

    World() {
        this(new Model(), new Layered<>(), new Layered<>(), List.of());
    }

    private World(Model model, Layered<Operation, Boolean> used, Layered<String, Long> latestCalls, List<Step> last) {
        this.model = model;
        this.used = used;
        this.latestCalls = latestCalls;
        this.last = last;
    }

    World copy() {
        return new World(model.copy(), used.copy(), latestCalls.copy(), last);
    }

    /** Makes copies and comparisons cheap: for all explanations that are left. */
    static void settle(List<World> worlds) {
        settle(worlds, world -> world.model.ended());
        settle(worlds, world -> world.used);
        settle(worlds, world -> world.latestCalls);
    }

    private static <K, V> void settle(List<World> worlds, Function<World, Layered<K, V>> part) {
        // Often enough to keep them small, and not so often that it costs more than it saves.
        if (part.apply(worlds.get(0)).ownSize() >= (worlds.size() == 1 ? 1 : WORTH_SETTLING)) {
            Layered.settle(worlds.stream().map(part).toList());
        }
    }

    Model model() {
        return model;
    }

    /** Whether an operation of unknown outcome has had its effect. */
    boolean hasUsed(Operation unknown) {
        return used.has(unknown);
    }

    /** Whether an operation has not had its effect and still may: one that its handle called later has had none. */
    boolean mayUse(Operation unknown) {
        return !used.has(unknown) && latestCall(unknown.process()) <= unknown.issued();
    }

    /** The latest call of a handle among those of unknown outcome that have had their effect. */
    long latestCall(String process) {
        Long call = latestCalls.get(process);
        return call == null ? 0 : call;
    }

    void use(Operation unknown) {
        used.put(unknown, true);
        latestCalls.put(unknown.process(), Math.max(latestCall(unknown.process()), unknown.call()));
    }

    /** Makes what is pending in the model the next revision. */
    void commit(@Nullable Operation source, long lease) {
        List<Change> changes = model.pending();
        model.commit();
        if (!changes.isEmpty()) {
            last = List.of(new Step(model.revision(), changes, source, lease, last));
        }
    }

    /**
     * Takes in another that will reply alike for ever; false if it will not.
     *
     * @param open the operations of unknown outcome that may still have an effect, by world
     */
    boolean merge(World other, Prospects prospects, Function<World, Set<Operation>> open) {
        if (!model.mayHaveSameEntries(other.model)) {
            return false;
        }
        long revision = model.revision();
        if (!open.apply(this).equals(open.apply(other))
                || model.endedDifferently(other.model).stream()
                        .anyMatch(lease -> prospects.mayAttach(lease, this, revision))
                || !model.hasSameEntries(other.model)) {
            return false;
        }
        List<Step> both = new ArrayList<>(last);
        both.addAll(other.last);
        last = List.copyOf(both);
        return true;
    }

    /** The latest change of a key, on the first of the ways that led here. */
    @Nullable
    Step lastChange(String key) {
        List<Step> steps = last;
        while (!steps.isEmpty()) {
            Step step = steps.get(0);
            for (Change change : step.changes()) {
                if (change.key().equals(key)) {
                    return step;
                }
            }
            steps = step.before();
        }
        return null;
    }

    /** The ways that led here. */
    Ways ways() {
        return new Ways(last, (int) model.revision());
    }

    /** Goes through the ways one by one, as through the leaves of a tree. */
    static final class Ways {
        private final List<Step> last;
        private final int length;
        private final List<Integer> choices = new ArrayList<>();
        private final List<Integer> options = new ArrayList<>();
        private boolean begun;

        private Ways(List<Step> last, int length) {
            this.last = last;
            this.length = length;
        }

        /** Goes to the next way; false if there is none. */
        boolean advance() {
            if (!begun) {
                begun = true;
                return true;
            }
            while (!choices.isEmpty()) {
                int deepest = choices.size() - 1;
                int choice = choices.remove(deepest) + 1;
                if (choice < options.remove(deepest)) {
                    choices.add(choice);
                    return true;
                }
            }
            return false;
        }

        /** All revisions of the present way, in order. */
        List<Step> steps() {
            Step[] steps = new Step[length];
            options.clear();
            int fork = 0;
            List<Step> candidates = last;
            for (int i = length - 1; i >= 0; i--) {
                int choice = 0;
                if (candidates.size() > 1) {
                    if (fork == choices.size()) {
                        choices.add(0);
                    }
                    choice = choices.get(fork++);
                    options.add(candidates.size());
                }
                steps[i] = candidates.get(choice);
                candidates = steps[i].before();
            }
            return List.of(steps);
        }
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
