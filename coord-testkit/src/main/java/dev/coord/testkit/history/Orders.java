package dev.coord.testkit.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What the order in which one handle issued its transactions says of their revisions: they take effect in that order. */
final class Orders {
    private final Map<String, Program> programs = new HashMap<>();

    Orders(List<Operation> operations) {
        Map<String, List<Operation>> byProcess = new HashMap<>();
        for (Operation operation : operations) {
            if (operation.transacted() != null) {
                byProcess
                        .computeIfAbsent(operation.process(), process -> new ArrayList<>())
                        .add(operation);
            }
        }
        byProcess.forEach((process, own) -> programs.put(process, new Program(own)));
    }

    /** The greatest revision of the handle's transactions that were issued before a place; 0 if none. */
    long latestBefore(String process, long place) {
        Program program = programs.get(process);
        return program == null ? 0 : program.latestBefore(place);
    }

    /** The greatest revision that an operation issued before the handle's later transactions can have. */
    long limitAfter(String process, long place) {
        Program program = programs.get(process);
        return program == null ? Long.MAX_VALUE : program.limitAfter(place);
    }

    /** The transactions of one handle. */
    private static final class Program {
        private final long[] issued;
        private final long[] greatest;
        private final long[] calls;
        private final long[] limits;

        Program(List<Operation> own) {
            List<Operation> sorted = new ArrayList<>(own);
            sorted.sort(Comparator.comparingLong(Operation::issued));
            issued = places(sorted, Operation::issued);
            greatest = places(sorted, Operation::revision);
            for (int i = 1; i < greatest.length; i++) {
                greatest[i] = Math.max(greatest[i], greatest[i - 1]);
            }
            sorted.sort(Comparator.comparingLong(Operation::call));
            calls = places(sorted, Operation::call);
            limits = places(sorted, operation -> operation.wrote() ? operation.revision() - 1 : operation.revision());
            for (int i = limits.length - 2; i >= 0; i--) {
                limits[i] = Math.min(limits[i], limits[i + 1]);
            }
        }

        private static long[] places(List<Operation> operations, ToLongFunction<Operation> place) {
            return operations.stream().mapToLong(place).toArray();
        }

        long latestBefore(long place) {
            int found = Arrays.binarySearch(issued, place);
            int index = (found >= 0 ? found : -found - 1) - 1;
            return index < 0 ? 0 : greatest[index];
        }

        long limitAfter(long place) {
            int found = Arrays.binarySearch(calls, place);
            int index = found >= 0 ? found : -found - 1;
            return index == calls.length ? Long.MAX_VALUE : limits[index];
        }
    }
}
