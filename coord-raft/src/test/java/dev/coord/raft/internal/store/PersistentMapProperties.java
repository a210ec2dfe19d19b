package dev.coord.raft.internal.store;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Maps whose keys have no hints. */
class PersistentMapProperties extends PersistentMapContract<Integer> {
    @Override
    Comparator<Integer> order() {
        return Comparator.naturalOrder();
    }

    @Override
    List<Integer> keys(SplittableRandom random, int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
