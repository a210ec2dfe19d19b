package dev.coord.testkit.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The operations of unknown outcome of each handle, to find those that the handle issued before or after another. */
final class Fellows {
    private final Map<String, List<Operation>> byIssued = new HashMap<>();
    private final Map<String, List<Operation>> byCall = new HashMap<>();

    Fellows(List<Operation> unknown) {
        for (Operation operation : unknown) {
            byIssued.computeIfAbsent(operation.process(), process -> new ArrayList<>())
                    .add(operation);
        }
        byIssued.forEach((process, own) -> {
            List<Operation> called = new ArrayList<>(own);
            called.sort(Comparator.comparingLong(Operation::call));
            byCall.put(process, called);
            own.sort(Comparator.comparingLong(Operation::issued));
        });
    }

    /**
     * Whether that one takes effect before another puts any third, which still may have an effect, out of the order of its
     * handle: one that is to come before the first, or after the other.
     */
    boolean areCrossed(World world, Operation first, Operation other) {
        return isPassed(world, first, other) || isAwaited(world, first, other);
    }

    private boolean isPassed(World world, Operation first, Operation other) {
        List<Operation> own = byIssued.getOrDefault(first.process(), List.of());
        // What was issued before the latest call that had its effect can have none, so this skips nearly all.
        int next = from(own, Operation::issued, world.latestCall(first.process()));
        for (; next < own.size() && own.get(next).issued() < first.call(); next++) {
            if (isThird(world, own.get(next), first, other)) {
                return true;
            }
        }
        return false;
    }

    private boolean isAwaited(World world, Operation first, Operation other) {
        List<Operation> own = byCall.getOrDefault(other.process(), List.of());
        int next = other.issued() == Operation.NEVER ? own.size() : from(own, Operation::call, other.issued() + 1);
        for (; next < own.size(); next++) {
            if (isThird(world, own.get(next), first, other)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isThird(World world, Operation third, Operation first, Operation other) {
        return !third.equals(first) && !third.equals(other) && world.mayUse(third);
    }

    /** The index of the first whose place is no less than one. */
    private static int from(List<Operation> sorted, ToLongFunction<Operation> by, long place) {
        return LowerBound.of(sorted.size(), i -> by.applyAsLong(sorted.get(i)), place);
    }
}
