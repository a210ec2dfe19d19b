package dev.coord.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
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
import dev.coord.lease.Lease;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Wrong histories that once passed, and right ones that did not. */
class HardCasesTest {
    private final List<Operation> operations = new ArrayList<>();
    private final List<Recording.Holding> holdings = new ArrayList<>();
    private long seq;

    private void op(String process, Input input, long call, long ret, Output output) {
        operations.add(new Operation(
                process,
                ++seq,
                input,
                call,
                call,
                Math.min(call + 1, ret),
                ret,
                ret == Operation.NEVER ? 0 : ret,
                output == null ? Status.UNKNOWN : Status.OK,
                output,
                null));
    }

    private static Input.Transact put(String key, String value, long lease) {
        return new Input.Transact(List.of(), List.of(Op.put(key, value).withLease(lease)), List.of());
    }

    private static Output did(long revision, OpResult result) {
        return new Output.Transacted(new TxnResult(true, revision, List.of(result)));
    }

    private static Entry entry(String key, String value, long revision, long lease) {
        return new Entry(key, Value.of(value), revision, revision, 1, lease);
    }

    private static Input get(String key) {
        return new Input.Get(key, Consistency.linearizable());
    }

    private static Input all() {
        return new Input.Range(RangeQuery.of(KeyRange.all()), Consistency.linearizable());
    }

    private static String sentence(@Nullable Violation violation) {
        return violation == null ? "No violation." : violation.sentence();
    }

    private @Nullable Violation check() {
        operations.sort(Comparator.comparingLong(Operation::call));
        Recording recording = new Recording(operations, List.of(), holdings, List.of(), List.of());
        return new Verdict(recording, 1).run();
    }

    /** Seen absent, then there again as it was: a stale read of the plainest kind. */
    @Test
    void aKeyThatWasSeenGone_isNotSeenAsItWas() {
        op("a", put("/k", "x", 7), 10, 20, did(1, new OpResult.Put(null)));
        op("b", get("/k"), 30, 40, new Output.Got(null));
        op("c", get("/k"), 50, 60, new Output.Got(entry("/k", "x", 1, 7)));
        assertThat(sentence(check())).contains("seen before that it was gone");
    }

    /** Two writes of one handle, both of unknown outcome, in the wrong order. */
    @Test
    void unknownWritesOfAHandle_keepTheirOrder() {
        op("a", put("/k", "x", 0), 10, Operation.NEVER, null);
        op("a", put("/j", "y", 0), 20, Operation.NEVER, null);
        op(
                "b",
                all(),
                100,
                110,
                new Output.Ranged(new RangeResult(2, List.of(entry("/j", "y", 1, 0), entry("/k", "x", 2, 0)), 2)));
        assertThat(sentence(check())).contains("no operation can have made it");
    }

    /** A write of unknown outcome took a revision before one that had been seen, by an absence, before it was called. */
    @Test
    void anUnknownWrite_takesNoRevisionSeenBeforeItsCall() {
        op("a", put("/k", "x", 0), 10, 20, did(1, new OpResult.Put(null)));
        op(
                "b",
                new Input.Transact(List.of(), List.of(Op.delete("/k")), List.of()),
                30,
                200,
                did(3, new OpResult.Delete(List.of(entry("/k", "x", 1, 0)))));
        op("c", get("/k"), 40, 50, new Output.Got(null));
        op("d", put("/j", "y", 0), 60, Operation.NEVER, null);
        op("c", all(), 300, 310, new Output.Ranged(new RangeResult(3, List.of(entry("/j", "y", 2, 0)), 1)));
        assertThat(sentence(check())).contains("before revision 2, but revision 3 had been seen");
    }

    /** Certain of a token although a greater one has been granted. */
    @Test
    void nobodyIsCertain_afterAGreaterTokenWasAcquired() {
        Recording recording = new Recording(
                List.of(),
                List.of(),
                List.of(),
                List.of(
                        new Claim(1, 1, 1, "a", "lock /l", 3, Claim.Kind.ACQUIRED, Long.MIN_VALUE),
                        new Claim(2, 2, 2, "b", "lock /l", 5, Claim.Kind.ACQUIRED, Long.MIN_VALUE),
                        new Claim(3, 4, 3, "a", "lock /l", 3, Claim.Kind.VALID, Long.MIN_VALUE)),
                List.of());
        assertThat(sentence(new ClaimCheck(recording).run())).contains("3 was certain after 5");
    }

    /** A holder is gone, its key is found gone long after; nobody sees a revision's number. */
    @Test
    void aKeyFoundGoneLongAfter_showsNoLateEnd() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 1)) {
            History history = History.on(cluster.ticker());
            Coord holder = history.record(cluster.open("n1", Duration.ofSeconds(2)), "holder");
            Coord other = history.record(cluster.open("n2", Duration.ofSeconds(2)), "other");
            holder.kv()
                    .txn()
                    .then(Op.put("/k", "x").withLease(holder.session().id()))
                    .commit();
            cluster.faults().crash("n1");
            history.gone("holder");
            cluster.advance(Duration.ofSeconds(60));
            assertThat(other.kv().get("/k")).isEmpty();
            history.assertLeases(Duration.ofSeconds(5));
        }
    }

    /** As before, and an unrelated key is read first; then a revision is seen. */
    @Test
    void aReadOfAnotherKey_showsNoLateEnd() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 1)) {
            History history = History.on(cluster.ticker());
            Coord holder = history.record(cluster.open("n1", Duration.ofSeconds(2)), "holder");
            Coord other = history.record(cluster.open("n2", Duration.ofSeconds(2)), "other");
            holder.kv()
                    .txn()
                    .then(Op.put("/k", "x").withLease(holder.session().id()))
                    .commit();
            cluster.faults().crash("n1");
            history.gone("holder");
            cluster.advance(Duration.ofSeconds(60));
            other.kv().get("/unrelated");
            other.kv().put("/z", "z");
            other.kv().range(RangeQuery.of(KeyRange.all()), Consistency.linearizable());
            history.assertLeases(Duration.ofSeconds(5));
        }
    }

    /** A handle is closed in order, and with it its leases. */
    @Test
    void aClosedHandle_mayEndItsLeases() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 1)) {
            History history = History.on(cluster.ticker());
            Coord holder = history.record(cluster.open("n1", Duration.ofSeconds(20)), "holder");
            Coord other = history.record(cluster.open("n2", Duration.ofSeconds(20)), "other");
            Lease lease = holder.leases().grant(Duration.ofSeconds(20));
            holder.kv().txn().then(Op.put("/k", "x").withLease(lease.id())).commit();
            lease.validUntil();
            holder.close();
            other.kv().range(RangeQuery.of(KeyRange.all()), Consistency.linearizable());
            history.assertLeases(Duration.ofSeconds(5));
        }
    }

    /** What a handle is granted while it closes must not be kept alive for ever. */
    @Test
    void aGrantOnItsWay_isNotKeptAliveAfterTheClose() throws Exception {
        int kept = 0;
        for (int seed = 1; seed <= 20; seed++) {
            try (SimulatedCluster cluster = SimulatedCluster.start(3, seed)) {
                Coord handle = cluster.open("n1", Duration.ofSeconds(5));
                var granted = handle.leases().grantAsync(Duration.ofSeconds(2));
                handle.close();
                cluster.advance(Duration.ofMinutes(5));
                if (!granted.isCompletedExceptionally()) {
                    kept += cluster.open("n2", Duration.ofSeconds(5))
                                    .leases()
                                    .find(granted.join().id())
                                    .isPresent()
                            ? 1
                            : 0;
                }
            }
        }
        assertThat(kept).isZero();
    }

    /** A watch "from now on" is resynced to a state older than what its handle had seen when it was opened. */
    @Test
    void aResync_isNotOlderThanTheOpening() {
        op("a", put("/k", "x", 0), 10, 20, did(1, new OpResult.Put(null)));
        op("a", put("/k", "y", 0), 30, 40, did(2, new OpResult.Put(entry("/k", "x", 1, 0))));
        Tape tape = new Tape(
                "a",
                ++seq,
                WatchSpec.of(KeyRange.all()).resyncing(),
                50,
                60,
                List.of(new Tape.Item(
                        70,
                        70,
                        Tape.Kind.RESYNC,
                        1,
                        List.of(),
                        new RangeResult(1, List.of(entry("/k", "x", 1, 0)), 1))));
        Recording recording = new Recording(operations, List.of(tape), List.of(), List.of(), List.of());
        assertThat(sentence(new Verdict(recording, 1).run())).contains("that is old");
    }

    /** A revocation that was refused, and a lease that ended early after it. */
    @Test
    void aRefusedRevocation_excusesNoEarlyEnd() {
        op("a", put("/k", "x", 7), 10, 20, did(1, new OpResult.Put(null)));
        operations.add(new Operation(
                "b", ++seq, new Input.Revoke(7), 25, 25, 26, 27, 27, Status.FAIL, null, "ClosedException"));
        op("b", all(), 30, 40, new Output.Ranged(new RangeResult(2, List.of(), 0)));
        Recording recording = new Recording(
                operations,
                List.of(),
                List.of(new Recording.Holding("a", 7, 1_000_000, 45, 1_000_000, Operation.NEVER, false)),
                List.of(),
                List.of());
        assertThat(sentence(new Verdict(recording, 1).run())).contains("ended early");
    }

    /** Two callers are told that it was they who ended the lease. */
    @Test
    void aLease_isRevokedOnce() {
        op("a", put("/k", "x", 7), 10, 20, did(1, new OpResult.Put(null)));
        op("b", new Input.Revoke(7), 30, 40, new Output.Existed(true));
        op("b", new Input.Revoke(7), 50, 60, new Output.Existed(true));
        op("b", all(), 70, 80, new Output.Ranged(new RangeResult(2, List.of(), 0)));
        assertThat(sentence(check())).contains("revoked twice");
    }

    /** A mark of progress goes back. */
    @Test
    void progress_doesNotGoBack() {
        op("a", put("/k", "x", 0), 10, 20, did(1, new OpResult.Put(null)));
        op("a", put("/k", "y", 0), 30, 40, did(2, new OpResult.Put(entry("/k", "x", 1, 0))));
        Tape tape = new Tape(
                "a",
                ++seq,
                WatchSpec.of(KeyRange.all()),
                50,
                60,
                List.of(
                        new Tape.Item(70, 70, Tape.Kind.PROGRESS, 2, List.of(), null),
                        new Tape.Item(80, 80, Tape.Kind.PROGRESS, 1, List.of(), null)));
        Recording recording = new Recording(operations, List.of(tape), List.of(), List.of(), List.of());
        assertThat(sentence(new Verdict(recording, 1).run())).contains("went back");
    }

    /** What came after a write that was called after the opening came after the opening too, though nobody called it. */
    @Test
    void theEndOfALeaseAfterTheOpening_isTold() {
        op("a", put("/w/k", "x", 7), 10, 20, did(1, new OpResult.Put(null)));
        op("a", put("/elsewhere", "y", 0), 50, 60, did(2, new OpResult.Put(null)));
        op("a", put("/w/j", "z", 0), 70, 80, did(4, new OpResult.Put(null)));
        Tape tape = new Tape(
                "b",
                ++seq,
                WatchSpec.of(KeyRange.prefix("/w/")),
                30,
                40,
                List.of(new Tape.Item(
                        90,
                        90,
                        Tape.Kind.CHANGE,
                        4,
                        List.of(new WatchEvent(WatchEvent.Kind.PUT, "/w/j", entry("/w/j", "z", 4, 0), null)),
                        null)));
        Recording recording = new Recording(operations, List.of(tape), List.of(), List.of(), List.of());
        assertThat(sentence(new Verdict(recording, 1).run())).contains("did not tell of revision 3");
    }

    /** The end of the lease may be between the two reads, which overlap. */
    @Test
    void aKeySeenGoneWhileAnotherReadsIt_isNoViolation() {
        op("a", put("/k", "x", 7), 10, 20, did(1, new OpResult.Put(null)));
        op("b", get("/k"), 30, 100, new Output.Got(null));
        op("c", get("/k"), 50, 60, new Output.Got(entry("/k", "x", 1, 7)));
        assertThat(check()).isNull();
    }

    private void deletedAsOfRevisionOne_andSeenGone() {
        op(
                "b",
                new Input.Transact(List.of(Guard.modRevisionIs("/k", 1)), List.of(Op.delete("/k")), List.of()),
                50,
                Operation.NEVER,
                null);
        op("c", get("/k"), 100, 110, new Output.Got(null));
    }

    private void seenAfterAnotherWrite() {
        op("b", put("/j", "y", 0), 40, 50, did(1, new OpResult.Put(null)));
        op(
                "b",
                all(),
                60,
                70,
                new Output.Ranged(new RangeResult(2, List.of(entry("/j", "y", 1, 0), entry("/k", "x", 2, 0)), 2)));
    }

    /** A read that saw a key gone at the end is no excuse for a delete whose guard cannot have held any more. */
    @Test
    void aKeyThatNobodyCanHaveDeleted_isNotGone() {
        op("a", put("/k", "x", 0), 10, 20, did(1, new OpResult.Put(null)));
        op("a", put("/k", "y", 0), 30, 40, did(2, new OpResult.Put(entry("/k", "x", 1, 0))));
        deletedAsOfRevisionOne_andSeenGone();
        assertThat(check()).isNotNull();
    }

    /** The same with a guard that may have held: then it may have been deleted. */
    @Test
    void aKeyThatSomebodyMayHaveDeleted_mayBeGone() {
        op("a", put("/k", "x", 0), 10, 20, did(1, new OpResult.Put(null)));
        deletedAsOfRevisionOne_andSeenGone();
        assertThat(check()).isNull();
    }

    /** What a handle issued cannot take effect once its session has ended, as another handle was told. */
    @Test
    void anUnknownWrite_takesNoEffectAfterItsSession() {
        holdings.add(new Recording.Holding("a", 7, 1_000, 0, Long.MIN_VALUE, Operation.NEVER, true));
        op("a", put("/k", "x", 0), 10, Operation.NEVER, null);
        op("b", new Input.Revoke(7), 20, 30, new Output.Existed(false));
        seenAfterAnotherWrite();
        assertThat(sentence(check())).contains("no operation can have made it");
    }

    /** The same without the answer of the other handle. */
    @Test
    void anUnknownWrite_mayTakeEffectLate() {
        holdings.add(new Recording.Holding("a", 7, 1_000, 0, Long.MIN_VALUE, Operation.NEVER, true));
        op("a", put("/k", "x", 0), 10, Operation.NEVER, null);
        seenAfterAnotherWrite();
        assertThat(check()).isNull();
    }
}
