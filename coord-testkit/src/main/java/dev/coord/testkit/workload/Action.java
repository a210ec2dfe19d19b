package dev.coord.testkit.workload;

import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Something that a {@link Scenario} may do at a random moment. It begins operations and does not wait for them.
 *
 * @param name what it does, in a word or two
 * @param weight how often it is chosen, in proportion to the others
 * @param possible whether it can be done at this moment; an action that cannot is passed over
 * @param run does it, with randomness of its own: the same when the list of actions is replayed without some others
 */
public record Action(String name, int weight, BooleanSupplier possible, Consumer<SplittableRandom> run) {

    /** Checks the weight. */
    public Action {
        if (weight < 1) {
            throw new IllegalArgumentException("action " + name + " of weight " + weight + "; it must be positive");
        }
    }

    /**
     * Returns an action that is always possible.
     *
     * @param name what it does
     * @param weight how often it is chosen, in proportion to the others
     * @param run does it
     * @return the action
     */
    public static Action of(String name, int weight, Consumer<SplittableRandom> run) {
        return new Action(name, weight, () -> true, run);
    }
}
