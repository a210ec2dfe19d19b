package dev.coord.testkit.history;

import dev.coord.kv.KeyRange;
import dev.coord.testkit.history.KeyHistory.Part;
import dev.coord.testkit.history.KeyHistory.Way;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks a history key by key by search, without a look at revisions, and cuts what fails down to little. */
final class BlindCheck {
    private final Recording recording;
    private final long budget;
    private final KeyRange sample;

    /** A budget of steps of the search for each key. */
    BlindCheck(Recording recording, long budget) {
        this(recording, budget, KeyRange.all());
    }

    /** Checks the keys of a range only. */
    BlindCheck(Recording recording, long budget, KeyRange sample) {
        this.recording = recording;
        this.budget = budget;
        this.sample = sample;
    }

    @Nullable
    Violation run() {
        for (KeyHistory history : KeyHistory.all(recording.operations(), sample)) {
            Violation violation = check(history);
            if (violation != null) {
                return violation;
            }
        }
        return null;
    }

    private @Nullable Violation check(KeyHistory history) {
        Search.Result result = search(history, withoutUnseen(history.parts()));
        if (result == Search.Result.NONE) {
            result = search(history, history.parts());
        }
        return switch (result) {
            case FOUND -> null;
            case UNKNOWN ->
                Violation.inconclusive("Inconclusive: the search for an order of the "
                        + history.parts().size() + " operations on " + history.key() + " gave up after " + budget
                        + " steps");
            case NONE -> explain(history);
        };
    }

    private Search.Result search(KeyHistory history, List<Part> parts) {
        return new Search(history, parts, budget).run();
    }

    private boolean fails(KeyHistory history, List<Part> parts) {
        return search(history, parts) == Search.Result.NONE;
    }

    /** To leave out what may not have happened and what nobody saw is one of the orders to be tried, and the cheapest. */
    private static List<Part> withoutUnseen(List<Part> parts) {
        Set<Integer> seen = seen(parts);
        return parts.stream()
                .filter(part -> part.isSure()
                        || part.operation() == null
                        || part.ways().stream()
                                .anyMatch(way ->
                                        way.writes() == KeyHistory.ABSENT || isSum(way) || seen.contains(way.writes())))
                .toList();
    }

    private static Set<Integer> seen(List<Part> parts) {
        Set<Integer> seen = new HashSet<>();
        parts.forEach(part -> part.ways().forEach(way -> seen.add(way.sees())));
        return seen;
    }

    // ---- the counterexample

    private Violation explain(KeyHistory history) {
        List<Part> parts = weaken(history, prefix(history));
        List<Part> before;
        do {
            before = parts;
            parts = thin(history, parts);
        } while (parts.size() < before.size());
        List<Operation> operations =
                parts.stream().map(Part::operation).filter(Objects::nonNull).toList();
        return Violation.of(
                "No order of the operations on " + history.key()
                        + " fits their replies and the times of their calls and returns",
                operations);
    }

    /** The shortest beginning that fails: what had not returned by its end may not have happened. */
    private List<Part> prefix(KeyHistory history) {
        long[] returns = history.parts().stream()
                .filter(Part::isSure)
                .mapToLong(Part::ret)
                .sorted()
                .toArray();
        int low = 0;
        int high = returns.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (fails(history, upTo(history.parts(), returns[middle]))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return upTo(history.parts(), returns[high]);
    }

    private static List<Part> upTo(List<Part> parts, long end) {
        List<Part> begun = new ArrayList<>();
        for (Part part : parts) {
            if (part.call() < end) {
                begun.add(part.ret() <= end ? part : part.lasting(Operation.NEVER));
            }
        }
        return begun;
    }

    /** Forgets what writes say that they found, as far as the rest still fails: what would be right stays right. */
    private List<Part> weaken(KeyHistory history, List<Part> parts) {
        List<Part> left = new ArrayList<>(parts);
        for (int i = 0; i < left.size(); i++) {
            Part part = left.get(i);
            if (writes(part)) {
                left.set(i, weakened(part));
                if (!fails(history, left)) {
                    left.set(i, part);
                }
            }
        }
        return left;
    }

    /** Drops reads, and writes whose effect nobody saw, as far as the rest still fails: what would be right stays right. */
    private List<Part> thin(KeyHistory history, List<Part> parts) {
        List<Part> left = new ArrayList<>(parts);
        for (int i = left.size() - 1; i >= 0; i--) {
            List<Part> fewer = new ArrayList<>(left);
            Part part = fewer.remove(i);
            if (isDispensable(history, part, fewer) && fails(history, fewer)) {
                left = fewer;
            }
        }
        return left;
    }

    private static boolean writes(Part part) {
        // A delete that found nothing is a read.
        return part.ways().stream().anyMatch(way -> way.writes() != KeyHistory.ANY && way.writes() != way.sees());
    }

    private static Part weakened(Part part) {
        List<Way> ways = part.ways().stream()
                .map(way -> new Way(KeyHistory.ANY, way.lease(), List.of(), null, way.writes(), way.delta()))
                .toList();
        return new Part(part.call(), part.ret(), ways, part.operation());
    }

    private static boolean isDispensable(KeyHistory history, Part part, List<Part> others) {
        if (!writes(part)) {
            return true;
        }
        Set<Integer> seen = seen(others);
        // Where a number was seen, an add may have made it of what others wrote.
        boolean summed = seen.stream().anyMatch(history::isNumber);
        Set<Long> ending = new HashSet<>();
        boolean guarded = false;
        for (Part other : others) {
            for (Way way : other.ways()) {
                ending.add(way.lease());
                guarded |= way.missed() != null || !way.guards().isEmpty() || (summed && isSum(way));
            }
        }
        ending.remove(0L);
        return !guarded
                && part.ways().stream()
                        .allMatch(way -> isSum(way)
                                ? !summed
                                : !seen.contains(way.writes()) && !ending.contains(history.leaseOf(way.writes())));
    }

    private static boolean isSum(Way way) {
        return way.writes() == KeyHistory.SUM;
    }
}
