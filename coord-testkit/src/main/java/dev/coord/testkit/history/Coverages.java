package dev.coord.testkit.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What all watches covered, found by revision: whoever takes locks for an hour watches a hundred thousand times, briefly. */
final class Coverages {
    private static final int BUCKET_BITS = 9;

    private final Map<Long, List<Coverage>> buckets = new HashMap<>();

    void addAll(Tape tape) {
        for (Coverage coverage : Coverage.of(tape)) {
            for (long bucket = coverage.from() >> BUCKET_BITS; bucket <= coverage.to() >> BUCKET_BITS; bucket++) {
                buckets.computeIfAbsent(bucket, number -> new ArrayList<>()).add(coverage);
            }
        }
    }

    /** Whether all watches could have told what they told if the revision had made these changes. */
    boolean admit(long revision, List<Change> changes) {
        return buckets.getOrDefault(revision >> BUCKET_BITS, List.of()).stream()
                .allMatch(coverage -> coverage.admits(revision, changes));
    }
}
