package dev.coord.recipes.queue;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Guard;
import java.util.ArrayList;
import java.util.List;

/**
 * How an item is put. Immutable; the methods return changed copies.
 *
 * @param priority 0 to {@value #LAST}: items of a smaller one are delivered first
 * @param guards must hold for the item to be put
 */
public record PutOptions(int priority, List<Guard> guards) {
    /** The priority that is delivered last. */
    public static final int LAST = 255;

    /** The priority unless another is given. */
    public static final int USUAL = 100;

    /**
     * Creates options.
     *
     * @throws IllegalArgumentException if the priority is out of bounds
     */
    public PutOptions {
        if (priority < 0 || priority > LAST) {
            throw new IllegalArgumentException("priority " + priority + "; it is 0 (first) to " + LAST);
        }
        guards = List.copyOf(guards);
    }

    /**
     * Returns the usual options: the priority {@value #USUAL}, no guards.
     *
     * @return the options
     */
    public static PutOptions defaults() {
        return new PutOptions(USUAL, List.of());
    }

    /**
     * Returns the options with another priority.
     *
     * @param value 0 to {@value #LAST}: smaller ones are delivered first
     * @return the changed options
     */
    public PutOptions priority(int value) {
        return new PutOptions(value, guards);
    }

    /**
     * Returns the options with more guards: the item is put only while they hold, else the put fails with {@link
     * dev.coord.FencedException}.
     *
     * @param more such as that of a {@link dev.coord.recipes.FencedHandle}
     * @return the changed options
     */
    public PutOptions when(Guard... more) {
        List<Guard> all = new ArrayList<>(guards);
        for (Guard guard : more) {
            all.add(requireNonNull(guard, "guard"));
        }
        return new PutOptions(priority, all);
    }
}
