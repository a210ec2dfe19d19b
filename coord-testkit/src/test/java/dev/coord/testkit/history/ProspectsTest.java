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

    private void killHolders() {
        for (int i = 1; i <= HOLDERS; i++) {
            acquired("h" + i, i);
            letGo("h" + i);
            letGo("h" + i, Guard.createRevisionIs("/lock/h" + i, revision));
            revision++;
            op("reader", all(), new Output.Ranged(new RangeResult(revision, List.of(), 0)));
        }
    }

    private static Input all() {
        return new Input.Range(RangeQuery.of(KeyRange.all()), Consistency.linearizable());
    }

    @Test
    void holders_thatDiedWhileTheyLetGo_areNoRiddle() {
        killHolders();
        assertThat(check()).isNull();
    }

    @Test
    void holder_thatIsSeenAgain_isConvicted() {
        killHolders();
        Entry again = new Entry("/lock/h3", Value.of("h3"), 5, 5, 1, 3);
        op("reader", all(), new Output.Ranged(new RangeResult(revision, List.of(again), 1)));
        Violation violation = check();
        assertThat(violation).isNotNull();
        assertThat(violation.inconclusive()).isFalse();
    }
}
