package dev.coord.bench.micro;

import dev.coord.recipes.causality.Causality;
import dev.coord.recipes.causality.IntervalTreeClock;
import dev.coord.recipes.causality.VectorClock;
import java.util.ArrayDeque;
import java.util.Deque;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What clocks cost that know of each member of a group. */
@State(Scope.Thread)
public class VectorBenchmarks {

    /** How many members the group has. */
    @Param({"3", "50"})
    public int members;

    private VectorClock vector = VectorClock.empty();
    private VectorClock concurrent = VectorClock.empty();
    private VectorClock later = VectorClock.empty();
    private IntervalTreeClock tree = IntervalTreeClock.seed();
    private IntervalTreeClock message = IntervalTreeClock.seed();

    /** Lets every member have events. */
    @Setup
    public void have() {
        for (int i = 0; i < members; i++) {
            String member = "member-" + i;
            vector = vector.tick(member);
            // Every other entry is greater here, and the rest there.
            concurrent = concurrent.tick(member);
            vector = i % 2 == 0 ? vector.tick(member) : vector;
            concurrent = i % 2 == 0 ? concurrent : concurrent.tick(member);
        }
        later = vector.tick("member-" + (members - 1));
        haveTrees();
    }

    private void haveTrees() {
        Deque<IntervalTreeClock> trees = new ArrayDeque<>();
        trees.add(IntervalTreeClock.seed());
        while (trees.size() < members) {
            IntervalTreeClock.Fork fork = trees.remove().fork();
            trees.add(fork.left().event());
            trees.add(fork.right().event());
        }
        tree = trees.remove();
        message = trees.remove().peek();
        for (IntervalTreeClock other : trees) {
            message = message.join(other.event().peek());
        }
    }

    /**
     * Joins two vector clocks of which neither is after the other.
     *
     * @return the join
     */
    @Benchmark
    public VectorClock vectorMerge() {
        return vector.merge(concurrent);
    }

    /**
     * Compares two vector clocks of which one is after the other by its last entry.
     *
     * @return before
     */
    @Benchmark
    public Causality vectorCompare() {
        return vector.compare(later);
    }

    /**
     * The next event of a member by an interval tree clock.
     *
     * @return its stamp
     */
    @Benchmark
    public IntervalTreeClock treeEvent() {
        tree = tree.event();
        return tree;
    }

    /**
     * What a member's interval tree clock becomes by a message that knows of all others.
     *
     * @return the join
     */
    @Benchmark
    public IntervalTreeClock treeJoin() {
        return tree.join(message);
    }
}
