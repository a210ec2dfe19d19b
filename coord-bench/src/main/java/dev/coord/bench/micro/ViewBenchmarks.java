package dev.coord.bench.micro;

import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.raft.internal.store.Store;
import dev.coord.raft.internal.store.View;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to read a view of the store, which retains some thousand past revisions. */
@State(Scope.Thread)
public class ViewBenchmarks {
    private static final int RANGE = 100;

    /** Past revisions that were written after all keys were; those that are read lie among them. */
    private static final int PAST = 10_000;

    /** How many keys the store holds. */
    @Param({"1000", "1000000"})
    public int keys;

    private View view = Store.emptyView();
    private String[] some = {};
    private RangeQuery[] ranges = {};
    private Walk walk = new Walk(1);
    private final Walk past = new Walk(PAST);

    /** Fills the store. */
    @Setup
    public void fill() {
        Machine machine = Machine.filled(keys);
        some = Keys.spread(keys);
        walk = new Walk(some.length);
        for (int i = 0; i < PAST; i++) {
            machine.apply(Machine.put(some[walk.next()]));
        }
        view = machine.view();
        ranges = new RangeQuery[some.length];
        for (int i = 0; i < ranges.length; i++) {
            int first = (int) ((long) i * (keys - RANGE) / ranges.length);
            ranges[i] = RangeQuery.of(KeyRange.between(Keys.key(first), Keys.key(first + RANGE)));
        }
    }

    /**
     * A key as it is now.
     *
     * @return its entry
     */
    @Benchmark
    public @Nullable Entry get() {
        return view.get(some[walk.next()]);
    }

    /**
     * A key as it was at a past revision.
     *
     * @return its entry
     */
    @Benchmark
    public @Nullable Entry getAtPastRevision() {
        return view.getAt(view.revision() - past.next(), some[walk.next()]);
    }

    /**
     * A hundred keys that follow each other.
     *
     * @return their entries
     */
    @Benchmark
    public RangeResult rangeOf100() {
        return view.range(ranges[walk.next()]);
    }
}
