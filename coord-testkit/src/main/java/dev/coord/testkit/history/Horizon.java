package dev.coord.testkit.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** What real time alone says of where in the order of revisions something can have been. */
final class Horizon {
    private final long[] returns;
    private final long[] seen;
    private final long[] told;
    private final long[] toldRevisions;
    private final long[] calls;
    private final long[] limits;

    Horizon(Recording recording) {
        List<Operation> operations = new ArrayList<>(recording.operations());
        calls = places(operations, Operation::call);
        limits = places(operations, Horizon::limit);
        for (int i = limits.length - 2; i >= 0; i--) {
            limits[i] = Math.min(limits[i], limits[i + 1]);
        }
        operations.sort(Comparator.comparingLong(Operation::ret));
        returns = places(operations, Operation::ret);
        seen = rising(places(operations, Sightings::shows));
        List<Tape.Item> items = recording.tapes().stream()
                .flatMap(tape -> tape.items().stream())
                .sorted(Comparator.comparingLong(Tape.Item::at))
                .toList();
        told = items.stream().mapToLong(Tape.Item::at).toArray();
        toldRevisions = rising(items.stream().mapToLong(Tape.Item::revision).toArray());
    }

    private static long[] places(List<Operation> operations, ToLongFunction<Operation> place) {
        return operations.stream().mapToLong(place).toArray();
    }

    private static long[] rising(long[] numbers) {
        for (int i = 1; i < numbers.length; i++) {
            numbers[i] = Math.max(numbers[i], numbers[i - 1]);
        }
        return numbers;
    }

    private static long limit(Operation operation) {
        if (operation.wrote()) {
            return operation.revision() - 1;
        }
        boolean bound = operation.transacted() != null
                || (operation.output() instanceof Output.Ranged && operation.isLinearizable());
        return bound ? operation.revision() : Long.MAX_VALUE;
    }

    /** The greatest revision that had been seen before a place. */
    long seenBefore(long place) {
        return Math.max(last(returns, seen, place), last(told, toldRevisions, place));
    }

    private static long last(long[] places, long[] numbers, long place) {
        int found = Arrays.binarySearch(places, place);
        int index = (found >= 0 ? found : -found - 1) - 1;
        return index < 0 ? 0 : numbers[index];
    }

    /** The greatest revision that something over by a place can be at: all that was called later is not before it. */
    long limitAfter(long place) {
        int found = Arrays.binarySearch(calls, place);
        int index = found >= 0 ? found : -found - 1;
        return index == calls.length ? Long.MAX_VALUE : limits[index];
    }
}
