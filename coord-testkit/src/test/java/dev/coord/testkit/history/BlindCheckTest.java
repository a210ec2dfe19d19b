package dev.coord.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Entry;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BlindCheckTest {
    private static final int SEEDS = Integer.getInteger("coord.history.seeds", 150);
    private static final long BUDGET = 1_000_000;

    @Test
    void healthyHistories_withOverlapAndUnknownOutcomes_pass() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Violation violation = new BlindCheck(HealthyHistory.of(seed, 150), BUDGET).run();
            if (violation != null) {
                throw new AssertionError("seed " + seed, violation.error());
            }
        }
    }

    @Test
    void valueThatNobodyWrote_isConvicted() {
        int planted = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Recording healthy = HealthyHistory.of(seed, 150);
            List<Operation> reads = gets(healthy);
            if (!reads.isEmpty()) {
                planted++;
                Operation read = reads.get(new SplittableRandom(seed).nextInt(reads.size()));
                convict(healthy, read, Value.of("planted"), seed);
            }
        }
        assertThat(planted).isGreaterThan(SEEDS / 2);
    }

    /**
     * Only values that were surely overwritten, written and returned before another write was called that returned too; and
     * that are no numbers, which an add may have brought back.
     */
    @Test
    void valueThatWasOverwrittenBefore_isConvicted() {
        int planted = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Recording healthy = HealthyHistory.of(seed, 150);
            for (Operation read : Corruption.shuffled(gets(healthy), new SplittableRandom(seed))) {
                Operation old = overwritten(healthy, read);
                if (old != null) {
                    planted++;
                    convict(healthy, read, put(old).value(), seed);
                    break;
                }
            }
        }
        assertThat(planted).isGreaterThan(SEEDS / 2);
    }

    @Test
    void budgetThatRunsOut_isAFailure() {
        Violation violation = new BlindCheck(HealthyHistory.of(1, 150), 10).run();
        assertThat(violation).isNotNull();
        assertThat(violation.inconclusive()).isTrue();
        assertThat(violation.error()).isInstanceOf(AssertionError.class).hasMessageContaining("gave up after 10 steps");
    }

    private static List<Operation> gets(Recording recording) {
        return recording.operations().stream()
                .filter(operation ->
                        operation.isOk() && operation.isLinearizable() && operation.output() instanceof Output.Got)
                .toList();
    }

    private static Op.Put put(Operation operation) {
        return (Op.Put) ((Input.Transact) operation.input()).then().get(0);
    }

    private static Operation overwritten(Recording recording, Operation read) {
        String key = ((Input.Get) read.input()).key();
        List<Operation> puts = recording.operations().stream()
                .filter(operation -> operation.isOk()
                        && operation.input() instanceof Input.Transact txn
                        && txn.guards().isEmpty()
                        && txn.then().get(0) instanceof Op.Put put
                        && put.key().equals(key)
                        && put.lease() == 0
                        && Model.sum(put.value(), 0) == null)
                .toList();
        for (Operation old : puts) {
            if (puts.stream().anyMatch(later -> old.ret() < later.call() && later.ret() < read.call())) {
                return old;
            }
        }
        return null;
    }

    private static void convict(Recording healthy, Operation read, Value value, long seed) {
        List<Operation> operations = new ArrayList<>(healthy.operations());
        String key = ((Input.Get) read.input()).key();
        operations.set(operations.indexOf(read), read.withOutput(new Output.Got(new Entry(key, value, 1, 1, 1, 0))));
        Violation violation = new BlindCheck(healthy.withOperations(operations), BUDGET).run();
        assertThat(violation).as("seed %s", seed).isNotNull();
        assertThat(violation.inconclusive()).as("seed %s", seed).isFalse();
        assertThat(violation.operations().size())
                .as(violation.error().getMessage())
                .isBetween(1, 8);
    }
}
