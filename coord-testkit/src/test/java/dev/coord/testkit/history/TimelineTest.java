package dev.coord.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.CoordException;
import dev.coord.IndeterminateException;
import dev.coord.LeaseExpiredException;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a user sees of a violation. */
class TimelineTest {

    private static Operation put(String process, long call, long ret, String value, long revision, Entry before) {
        Status status = ret == Operation.NEVER ? Status.UNKNOWN : Status.OK;
        Output output = new Output.Transacted(new TxnResult(true, revision, List.of(new OpResult.Put(before))));
        return new Operation(
                process,
                call,
                new Input.Transact(List.of(), List.of(Op.put("/a", value)), List.of()),
                call,
                call,
                call,
                ret,
                ret,
                status,
                status == Status.OK ? output : null,
                null);
    }

    private static Operation get(String process, long call, long ret, Entry seen) {
        return new Operation(
                process,
                call,
                new Input.Get("/a", Consistency.linearizable()),
                call,
                call,
                ret,
                ret,
                ret,
                Status.OK,
                new Output.Got(seen),
                null);
    }

    private static Entry entry(String value, long revision, long version) {
        return new Entry("/a", Value.of(value), 1, revision, version, 0);
    }

    private static Recording history(Operation... operations) {
        return new Recording(List.of(operations), List.of(), List.of(), List.of(), List.of());
    }

    @Test
    void staleRead_isDrawnWithTheWriteThatItMissed() {
        Recording recording = history(
                put("n1", 1, 2, "old", 1, null),
                put("n1", 3, 5, "new", 2, entry("old", 1, 1)),
                put("n3", 4, Operation.NEVER, "lost", 0, null),
                get("n2", 6, 7, entry("old", 1, 1)));
        HistoryViolation error = new Linearizability(recording).run().error();
        assertThat(error.sentence())
                .isEqualTo(
                        "A read promised revision 2 or later, where /a was new@2 (created 1, version 2), and saw it as"
                                + " old@1 (created 1, version 1), which it was not then or after");
        assertThat(error.timeline()).isEqualTo("""
                        n1  |-put /a=new -> @2 was old@1-|
                        n2                                 |-get /a -> old@1-|
                        """);
        assertThat(error.isInconclusive()).isFalse();
        assertThat(error).hasMessageContaining(error.sentence()).hasMessageContaining(error.timeline());
    }

    @Test
    void searchWithoutRevisions_drawsNoMoreThanItTakes() {
        Recording recording = history(
                put("n1", 1, 2, "old", 1, null),
                get("n3", 3, 4, entry("old", 1, 1)),
                put("n1", 5, 7, "new", 2, entry("old", 1, 1)),
                get("n3", 8, 9, entry("new", 2, 2)),
                get("n2", 10, 11, entry("old", 1, 1)));
        HistoryViolation error = new BlindCheck(recording, 1000).run().error();
        assertThat(error.timeline()).isEqualTo("""
                        n1  |-put /a=old -> @1-| |-put /a=new -> @2 was old@1-|
                        n2                                                      |-get /a -> old@1-|
                        """);
    }

    @Test
    void operationOfUnknownOutcome_runsToTheEdge() {
        assertThat(Timeline.draw(
                        List.of(put("n1", 1, Operation.NEVER, "x", 0, null), get("n2", 2, 3, null)), List.of()))
                .isEqualTo("""
                        n1  |-put /a=x -> ? .........
                        n2    |-get /a -> absent-|
                        """);
    }

    @Test
    void errors_areClassedByWhatTheySayOfTheEffect() {
        assertThat(Status.of(new IndeterminateException("x"))).isEqualTo(Status.UNKNOWN);
        assertThat(Status.of(new LeaseExpiredException(1))).isEqualTo(Status.FAIL);
        assertThat(Status.of(new SessionExpiredException(CoordException.Outcome.UNKNOWN, "x")))
                .isEqualTo(Status.UNKNOWN);
        assertThat(Status.of(new SessionExpiredException(CoordException.Outcome.NOT_APPLIED, "x")))
                .isEqualTo(Status.FAIL);
        assertThat(Status.of(new IllegalArgumentException())).isEqualTo(Status.FAIL);
        assertThat(Status.of(new InterruptedException())).isEqualTo(Status.UNKNOWN);
        assertThat(Status.of(new IllegalStateException())).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void claims_ofTwoHoldersAtOnce_fail() {
        long[] now = {0};
        History history = History.on(() -> now[0]);
        Claims locks = history.locks();
        locks.acquired("a", "/lock", 3);
        assertThat(locks.holds("a", "/lock", 3, () -> true)).isTrue();
        locks.reliesOn("a", "/lock", 3, Duration.ofMillis(10));
        locks.write("a", "file", 3, true);
        history.elections().holds("b", "/lock", 9, () -> true);
        history.assertExclusive();
        history.assertAll(Duration.ofSeconds(1));
        now[0] = 20_000_000;
        locks.acquired("b", "/lock", 5);
        assertThat(locks.holds("a", "/lock", 3, () -> false)).isFalse();
        locks.lost("a", "/lock", 3);
        locks.holds("b", "/lock", 5, () -> true);
        locks.write("b", "file", 5, true);
        locks.write("a", "file", 3, false);
        locks.released("b", "/lock", 5);
        history.assertExclusive();

        locks.write("a", "file", 3, true);
        assertThatThrownBy(history::assertExclusive)
                .isInstanceOf(HistoryViolation.class)
                .hasMessageContaining("A fenced resource accepted 3 after 5 (lock file)")
                .hasMessageContaining("* written 3");
    }
}
