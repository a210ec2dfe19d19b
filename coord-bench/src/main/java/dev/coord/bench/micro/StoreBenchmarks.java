package dev.coord.bench.micro;

import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Effect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What it costs to apply to the store what the log agreed on: writes to keys that exist, by one session, with its share of compaction.
 * The proposals are made on the way, 40 bytes each, as decoding would.
 */
@State(Scope.Thread)
public class StoreBenchmarks {
    private static final int BATCH = 256;
    private static final int TRANSACTION = 8;

    /** How many keys the store holds. */
    @Param({"1000", "1000000"})
    public int keys;

    private Machine machine = new Machine();
    private Command[] puts = {};
    private Command[] swaps = {};
    private Command[] transactions = {};
    private Walk walk = new Walk(1);

    /** Fills the store. */
    @Setup
    public void fill() {
        machine = Machine.filled(keys);
        String[] some = Keys.spread(keys);
        puts = Arrays.stream(some).map(Machine::put).toArray(Command[]::new);
        swaps = Arrays.stream(some).map(StoreBenchmarks::swap).toArray(Command[]::new);
        transactions = new Command[some.length];
        for (int i = 0; i < some.length; i++) {
            transactions[i] = transaction(some, i);
        }
        walk = new Walk(some.length);
    }

    /** A compare-and-set that succeeds whenever it is applied: it asks the same guard for another number. */
    private static Command swap(String key) {
        Guard written = Guard.compare(KeyRange.key(key), Guard.Target.MOD_REVISION, Guard.Relation.GREATER, 0);
        return new Command.Transact(List.of(written), List.of(Op.put(key, Keys.VALUE)), List.of());
    }

    private static Command transaction(String[] some, int first) {
        Walk steps = new Walk(some.length);
        List<Op> writes = new ArrayList<>();
        for (int i = 0; i < TRANSACTION; i++) {
            writes.add(Op.put(some[(first + steps.next()) % some.length], Keys.VALUE));
        }
        return new Command.Transact(List.of(), writes, List.of());
    }

    /**
     * A log entry with one write.
     *
     * @return what came of it
     */
    @Benchmark
    public List<Effect> put() {
        return machine.apply(puts[walk.next()]);
    }

    /**
     * One of 256 writes in a log entry.
     *
     * @return what came of all
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public List<Effect> putOf256() {
        Command[] batch = new Command[BATCH];
        for (int i = 0; i < BATCH; i++) {
            batch[i] = puts[walk.next()];
        }
        return machine.applyAll(Arrays.asList(batch));
    }

    /**
     * A log entry with a write under a guard that holds.
     *
     * @return what came of it
     */
    @Benchmark
    public List<Effect> compareAndSet() {
        return machine.apply(swaps[walk.next()]);
    }

    /**
     * A log entry with writes to eight keys at one revision.
     *
     * @return what came of it
     */
    @Benchmark
    public List<Effect> transactionOf8() {
        return machine.apply(transactions[walk.next()]);
    }
}
