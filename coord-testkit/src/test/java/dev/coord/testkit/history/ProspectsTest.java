package dev.coord.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Many holders that died while they let go: each deleted its key itself, or the end of its lease did. */
class ProspectsTest {
    private static final int HOLDERS = 30;

    private final List<Operation> operations = new ArrayList<>();
    private long place;
    private long revision;

    private void op(String process, Input input, @Nullable Output output) {
        long call = ++place;
        long ret = output == null ? Operation.NEVER : ++place;
        Status status = output == null ? Status.UNKNOWN : Status.OK;
        operations.add(new Operation(
                process, place, input, call, call, Math.min(call + 1, ret), ret, ret, status, output, null));
    }

    private static Input.Transact txn(Op... ops) {
        return new Input.Transact(List.of(), List.of(ops), List.of());
    }

    private void letGo(String process, Guard... guards) {
        op(process, new Input.Transact(List.of(guards), List.of(Op.delete("/lock/" + process)), List.of()), null);
    }

    private void acquired(String process, long lease) {
        Output done = new Output.Transacted(new TxnResult(true, ++revision, List.of(new OpResult.Put(null))));
        op(process, txn(Op.put("/lock/" + process, process).withLease(lease)), done);
    }

    private @Nullable Violation check() {
        operations.sort(Comparator.comparingLong(Operation::call));
        return new Verdict(new Recording(operations, List.of(), List.of(), List.of(), List.of()), 1).run();
    }

    private void killHolders(int holders, int writes) {
        for (int i = 1; i <= holders; i++) {
            write(writes);
            acquired("h" + i, i);
            letGo("h" + i);
            letGo("h" + i, Guard.createRevisionIs("/lock/h" + i, revision));
            revision++;
            op("reader", all(), new Output.Ranged(new RangeResult(revision, List.of(), 0)));
        }
    }

    /** Each of a key that is deleted at once. */
    private void write(int writes) {
        Entry entry = null;
        for (int i = 0; i < writes; i++) {
            revision++;
            boolean last = i == writes - 1;
            List<Entry> deleted = entry == null ? List.of() : List.of(entry);
            OpResult result = last ? new OpResult.Delete(deleted) : new OpResult.Put(entry);
            op(
                    "writer",
                    txn(last ? Op.delete("/w") : Op.put("/w", "w")),
                    new Output.Transacted(new TxnResult(true, revision, List.of(result))));
            long created = entry == null ? revision : entry.createRevision();
            entry = new Entry("/w", Value.of("w"), created, revision, i + 1, 0);
        }
    }

    private static Input all() {
        return new Input.Range(RangeQuery.of(KeyRange.prefix("/lock/")), Consistency.linearizable());
    }

    @Test
    void holders_thatDiedWhileTheyLetGo_areNoRiddle() {
        killHolders(HOLDERS, 0);
        assertThat(check()).isNull();
    }

    @Test
    void holder_thatIsSeenAgain_isConvicted() {
        killHolders(HOLDERS, 0);
        Entry again = new Entry("/lock/h3", Value.of("h3"), 5, 5, 1, 3);
        op("reader", all(), new Output.Ranged(new RangeResult(revision, List.of(again), 1)));
        Violation violation = check();
        assertThat(violation).isNotNull();
        assertThat(violation.inconclusive()).isFalse();
    }

    @Test
    void ofTwoAlike_thatWithLessTimeLeft_isTakenFirst_thoughItBeganLater() {
        op("a", txn(Op.put("/k", "x")), null);
        acquired("w", 0);
        op("b", txn(Op.put("/k", "x")), null);
        revision++; // must be that of b, whose next follows
        acquired("b", 0);
        revision++;
        acquired("c", 0);
        assertThat(check()).isNull();
    }

    @Test
    void thousandsOfUnknownOutcomes_areJudgedInTimeThatGrowsWithTheirNumberOnly() {
        killHolders(3_000, 10);
        assertThat(operations).hasSizeGreaterThan(40_000);
        // The time of this thread: what else runs on the machine does not count. About one second; once it took thirty.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long begin = threads.getCurrentThreadCpuTime();
        operations.sort(Comparator.comparingLong(Operation::call));
        Recording recording = new Recording(operations, List.of(), List.of(), List.of(), List.of());
        assertThat(new Linearizability(recording).run()).isNull();
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - begin)).isLessThan(Duration.ofSeconds(12));
    }
}
