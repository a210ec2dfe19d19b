package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Replicas of one object beside a model that keeps of every write the whole causal history, as bits of a number, and finds the
 * siblings by comparing each write with each.
 */
final class NaiveReplicas {
    private static final String[] REPLICAS = {"a", "b", "c"};

    private final Random random;
    private final List<Siblings<Integer>> copies =
            new ArrayList<>(List.of(Siblings.none(), Siblings.none(), Siblings.none()));
    private final long[] seen = new long[REPLICAS.length];
    private final long[] removed = new long[REPLICAS.length];

    private final List<DottedVersionVector> stamps = new ArrayList<>();
    private final List<Long> histories = new ArrayList<>();

    /** What clients have read at some time: they may write long after. */
    private final List<VersionVector> contexts = new ArrayList<>(List.of(VersionVector.empty()));

    private final List<Long> read = new ArrayList<>(List.of(0L));

    NaiveReplicas(Random random) {
        this.random = random;
    }

    void step() {
        int at = random.nextInt(REPLICAS.length);
        int context = random.nextInt(contexts.size());
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> write(at, context);
            case 3, 4 -> exchange(at, random.nextInt(REPLICAS.length));
            case 5 -> {
                copies.set(at, copies.get(at).prune(contexts.get(context)));
                seen[at] |= read.get(context);
                removed[at] |= read.get(context);
            }
            case 6 -> deliver(at);
            default -> {
                contexts.add(copies.get(at).context());
                read.add(seen[at]);
            }
        }
    }

    private void write(int at, int context) {
        int write = stamps.size();
        DottedVersionVector stamp = copies.get(at).next(REPLICAS[at], contexts.get(context));
        copies.set(at, copies.get(at).put(REPLICAS[at], contexts.get(context), write));
        stamps.add(stamp);
        histories.add(read.get(context) | 1L << write);
        seen[at] |= histories.get(write);
    }

    private void exchange(int at, int from) {
        copies.set(at, copies.get(at).merge(copies.get(from)));
        seen[at] |= seen[from];
        removed[at] |= removed[from];
    }

    /** One write alone comes to another replica: taken if all earlier ones of its replica are known then. */
    private void deliver(int at) {
        if (stamps.isEmpty()) {
            return;
        }
        int write = random.nextInt(stamps.size());
        DottedVersionVector stamp = stamps.get(write);
        boolean gap = false;
        for (int other = 0; other < stamps.size(); other++) {
            Dot dot = stamps.get(other).dot();
            boolean earlier = dot.replica().equals(stamp.dot().replica())
                    && dot.counter() < stamp.dot().counter();
            gap |= earlier && !has(seen[at] | histories.get(write), other);
        }
        if (gap && !has(seen[at], write)) {
            Siblings<Integer> copy = copies.get(at);
            assertThatThrownBy(() -> copy.put(stamp, write)).isInstanceOf(IllegalArgumentException.class);
            return;
        }
        copies.set(at, copies.get(at).put(stamp, write));
        if (!has(seen[at], write)) {
            seen[at] |= histories.get(write);
        }
    }

    void check() {
        for (int at = 0; at < REPLICAS.length; at++) {
            List<Integer> expected = concurrent(at);
            List<Integer> siblings = copies.get(at).values().stream().sorted().toList();
            if (!siblings.equals(expected)) {
                assertThat(siblings)
                        .as("replica %s of %s, %s", REPLICAS[at], copies, stamps)
                        .isEqualTo(expected);
            }
        }
        for (int a = 0; a < stamps.size(); a++) {
            for (int b = 0; b < stamps.size(); b++) {
                Causality expected = Causality.of(has(histories.get(b), a), has(histories.get(a), b));
                if (stamps.get(a).compare(stamps.get(b)) != expected) {
                    assertThat(stamps.get(a).compare(stamps.get(b)))
                            .as("%s and %s", stamps.get(a), stamps.get(b))
                            .isEqualTo(expected);
                }
            }
        }
    }

    /** Writes that a replica knows, that nobody removed there, and that no other one it knows has in its history. */
    private List<Integer> concurrent(int at) {
        List<Integer> concurrent = new ArrayList<>();
        for (int write = 0; write < stamps.size(); write++) {
            boolean overwritten = false;
            for (int other = 0; other < stamps.size(); other++) {
                overwritten |= other != write && has(seen[at], other) && has(histories.get(other), write);
            }
            if (has(seen[at], write) && !has(removed[at], write) && !overwritten) {
                concurrent.add(write);
            }
        }
        return concurrent;
    }

    List<DottedVersionVector> stamps() {
        return stamps;
    }

    private static boolean has(long set, int member) {
        return (set >> member & 1) == 1;
    }
}
