package dev.coord.recipes.causality;

import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A counter for each of some processes; those that are not named count zero. Immutable: two arrays, sorted by name, without
 * zeros, so that equal counters are equal arrays. Ordered by component, which makes a lattice whose join is the maximum of each
 * (Mattern 1989; Parker et al. 1983 for versions).
 */
final class Counters {
    static final Counters NONE = new Counters(new String[0], new long[0]);
    private static final int LEAST_BYTES = 3;

    private final String[] names;
    private final long[] counts;

    private Counters(String[] names, long[] counts) {
        this.names = names;
        this.counts = counts;
    }

    static Counters of(SortedMap<String, Long> positive) {
        String[] names = positive.keySet().toArray(new String[0]);
        long[] counts = positive.values().stream().mapToLong(Long::longValue).toArray();
        for (int i = 0; i < names.length; i++) {
            Names.check(names[i]);
            if (counts[i] < 1) {
                throw new IllegalArgumentException(
                        names[i] + " counts " + counts[i] + "; leave out what counts nothing, the rest is positive");
            }
        }
        return new Counters(names, counts);
    }

    long get(String name) {
        int at = Arrays.binarySearch(names, name);
        return at < 0 ? 0 : counts[at];
    }

    Counters increment(String name) {
        int at = Arrays.binarySearch(names, name);
        if (at < 0) {
            return insert(-at - 1, Names.check(name));
        }
        if (counts[at] == Long.MAX_VALUE) {
            throw new IllegalStateException("the counter of " + name + " is at its end, " + Long.MAX_VALUE);
        }
        long[] grown = counts.clone();
        grown[at]++;
        return new Counters(names, grown);
    }

    private Counters insert(int at, String name) {
        String[] moreNames = Arrays.copyOf(names, names.length + 1);
        long[] moreCounts = Arrays.copyOf(counts, counts.length + 1);
        System.arraycopy(names, at, moreNames, at + 1, names.length - at);
        System.arraycopy(counts, at, moreCounts, at + 1, counts.length - at);
        moreNames[at] = name;
        moreCounts[at] = 1;
        return new Counters(moreNames, moreCounts);
    }

    Counters merge(Counters other) {
        return switch (compare(other)) {
            case BEFORE -> other;
            case AFTER, EQUAL -> this;
            case CONCURRENT -> maximum(other);
        };
    }

    private Counters maximum(Counters other) {
        String[] joined = new String[names.length + other.names.length];
        long[] greatest = new long[joined.length];
        int size = 0;
        int i = 0;
        int j = 0;
        while (i < names.length || j < other.names.length) {
            int order = order(other, i, j);
            joined[size] = order <= 0 ? names[i] : other.names[j];
            long mine = order <= 0 ? counts[i++] : 0;
            long theirs = order >= 0 ? other.counts[j++] : 0;
            greatest[size++] = Math.max(mine, theirs);
        }
        return new Counters(Arrays.copyOf(joined, size), Arrays.copyOf(greatest, size));
    }

    Causality compare(Counters other) {
        boolean less = false;
        boolean greater = false;
        int i = 0;
        int j = 0;
        while ((i < names.length || j < other.names.length) && !(less && greater)) {
            int order = order(other, i, j);
            long mine = order <= 0 ? counts[i++] : 0;
            long theirs = order >= 0 ? other.counts[j++] : 0;
            less |= mine < theirs;
            greater |= mine > theirs;
        }
        return Causality.of(!greater, !less);
    }

    /** Which name comes first, the one at i here or the one at j there; one that is past the end comes last. */
    private int order(Counters other, int i, int j) {
        if (i == names.length) {
            return 1;
        }
        return j == other.names.length ? -1 : names[i].compareTo(other.names[j]);
    }

    SortedMap<String, Long> toMap() {
        SortedMap<String, Long> map = new TreeMap<>();
        for (int i = 0; i < names.length; i++) {
            map.put(names[i], counts[i]);
        }
        return Collections.unmodifiableSortedMap(map);
    }

    ClockWriter writeTo(ClockWriter out) {
        out.number(names.length);
        for (int i = 0; i < names.length; i++) {
            out.name(names[i]).number(counts[i]);
        }
        return out;
    }

    static Counters read(ClockReader in) {
        int size = in.count(LEAST_BYTES);
        String[] names = new String[size];
        long[] counts = new long[size];
        for (int i = 0; i < size; i++) {
            int start = in.at();
            names[i] = in.name();
            counts[i] = in.number();
            String objection = objection(i == 0 ? "" : names[i - 1], names[i], counts[i]);
            if (!objection.isEmpty()) {
                throw in.malformed(start, objection);
            }
        }
        return new Counters(names, counts);
    }

    static Counters parse(TextReader in) {
        SortedMap<String, Long> read = new TreeMap<>();
        in.expect('{');
        String last = "";
        while (!in.skip('}')) {
            if (!read.isEmpty()) {
                in.expect(',');
            }
            int start = in.at();
            String name = in.name();
            in.expect(':');
            long count = in.number();
            String objection = objection(last, name, count);
            if (!objection.isEmpty()) {
                throw in.malformed(start, objection);
            }
            read.put(name, count);
            last = name;
        }
        return of(read);
    }

    private static String objection(String last, String name, long count) {
        if (name.compareTo(last) <= 0) {
            return "\"" + name + "\" after \"" + last + "\"; names ascend";
        }
        return count < 1 ? name + " counts nothing and must be left out" : "";
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof Counters other
                && Arrays.equals(counts, other.counts)
                && Arrays.equals(names, other.names);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(names) + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < names.length; i++) {
            text.append(i == 0 ? "" : ",").append(names[i]).append(':').append(counts[i]);
        }
        return text.append('}').toString();
    }
}
