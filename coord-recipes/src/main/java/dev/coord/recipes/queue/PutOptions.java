package dev.coord.recipes.queue;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Guard;
import dev.coord.lease.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How an item is put. Immutable; the methods return changed copies.
 *
 * @param priority 0 to {@value #LAST}: items of a smaller one are delivered first
 * @param delay how long from the call on the item is not to be delivered: zero, or as long as a lease may live
 * @param guards must hold for the item to be put
 */
public record PutOptions(int priority, Duration delay, List<Guard> guards) {
    /** The priority that is delivered last. */
    public static final int LAST = 255;

    /** The priority unless another is given. */
    public static final int USUAL = 100;

    /**
     * Creates options.
     *
     * @throws IllegalArgumentException if the priority or the delay is out of bounds
     */
    public PutOptions {
        checkDelay(delay);
        if (priority < 0 || priority > LAST) {
            throw new IllegalArgumentException("priority " + priority + "; it is 0 (first) to " + LAST);
        }
        guards = List.copyOf(guards);
    }

    /**
     * Returns the usual options: the priority {@value #USUAL}, no delay, no guards.
     *
     * @return the options
     */
    public static PutOptions defaults() {
        return new PutOptions(USUAL, Duration.ZERO, List.of());
    }

    /**
     * Returns the options with another priority.
     *
     * @param value 0 to {@value #LAST}: smaller ones are delivered first
     * @return the changed options
     */
    public PutOptions priority(int value) {
        return new PutOptions(value, delay, guards);
    }

    /**
     * Returns the options with a delay. The delay is kept by the store, whoever lives: it ends no earlier, and later by what
     * {@link Leases#grantDetached} tells. Then the item is delivered as one that was put when it was.
     *
     * @param time zero, or {@link Leases#MIN_TTL} to {@link Leases#MAX_TTL}
     * @return the changed options
     */
    public PutOptions delay(Duration time) {
        return new PutOptions(priority, time, guards);
    }

    static void checkDelay(Duration delay) {
        boolean possible = delay.compareTo(Leases.MIN_TTL) >= 0 && delay.compareTo(Leases.MAX_TTL) <= 0;
        if (!delay.isZero() && !possible) {
            throw new IllegalArgumentException(
                    "delay " + delay + "; it is zero, or " + Leases.MIN_TTL + " to " + Leases.MAX_TTL);
        }
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
        return new PutOptions(priority, delay, all);
    }
}
