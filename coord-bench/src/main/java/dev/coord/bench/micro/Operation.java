package dev.coord.bench.micro;

import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * A benchmark with one choice of its parameters.
 *
 * @param benchmark its method, with class and package
 * @param parameters their values by name
 */
record Operation(String benchmark, SortedMap<String, String> parameters) {
    private static final String SUFFIX = "Benchmarks";

    /** Returns the part of Coord and what is done with it, such as {@code Store.put}. */
    String name() {
        String unpackaged = benchmark.substring(Operation.class.getPackageName().length() + 1);
        return unpackaged.replaceFirst(SUFFIX + "\\.", ".");
    }

    /** Returns how much there is of what, such as {@code keys=1000}. */
    String size() {
        return parameters.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining(" "));
    }

    /** Returns both. */
    String title() {
        return (name() + " " + size()).strip();
    }
}
