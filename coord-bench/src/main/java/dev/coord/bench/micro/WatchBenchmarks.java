package dev.coord.bench.micro;

import dev.coord.kv.KeyRange;
import dev.coord.raft.internal.store.RangeIndex;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to find the watches that a change concerns, one or none of many, each of its own key or prefix. */
@State(Scope.Thread)
public class WatchBenchmarks {

    /** How many watches there are. */
    @Param({"1", "1000", "100000"})
    public int watches;

    private final RangeIndex<Integer> ofKeys = new RangeIndex<>();
    private final RangeIndex<Integer> ofPrefixes = new RangeIndex<>();
    private String[] keys = {};
    private String[] members = {};
    private String[] strangers = {};
    private Walk walk = new Walk(1);
    private long found;
    private final Consumer<Integer> count = this::add;

    /** Fills the indexes. */
    @Setup
    public void fill() {
        keys = Keys.first(watches);
        members = new String[watches];
        strangers = new String[watches];
        for (int i = 0; i < watches; i++) {
            ofKeys.add(KeyRange.key(keys[i]), i);
            ofPrefixes.add(KeyRange.prefix(keys[i] + "/"), i);
            members[i] = keys[i] + "/member";
            // Right after the watched prefix, and within none.
            strangers[i] = keys[i] + "0";
        }
        walk = new Walk(watches);
    }

    private void add(int watch) {
        found += watch;
    }

    private long match(RangeIndex<Integer> index, String key) {
        index.forEachMatching(key, count);
        return found;
    }

    /**
     * A change of a watched key.
     *
     * @return something that depends on the watches found
     */
    @Benchmark
    public long keyHit() {
        return match(ofKeys, keys[walk.next()]);
    }

    /**
     * A change of a key that nobody watches, among watched keys.
     *
     * @return something that depends on the watches found
     */
    @Benchmark
    public long keyMiss() {
        return match(ofKeys, strangers[walk.next()]);
    }

    /**
     * A change of a key under a watched prefix.
     *
     * @return something that depends on the watches found
     */
    @Benchmark
    public long prefixHit() {
        return match(ofPrefixes, members[walk.next()]);
    }

    /**
     * A change of a key under no watched prefix, between two of them.
     *
     * @return something that depends on the watches found
     */
    @Benchmark
    public long prefixMiss() {
        return match(ofPrefixes, strangers[walk.next()]);
    }
}
