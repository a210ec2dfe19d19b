package dev.coord.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coord.AddRefusedException;
import dev.coord.CoordException.Outcome;
import dev.coord.LeaseExpiredException;
import dev.coord.LimitExceededException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Guard.Relation;
import dev.coord.kv.Guard.Target;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a {@link Txn} promises: guards, branches, results, bounds, and that nothing comes between. */
public abstract class TxnContract extends ClusterContract {
    private static final int MIB = 1 << 20;

    /** For subclasses. */
    protected TxnContract() {}

    private static List<Entry> deleted(TxnResult result, int step) {
        return assertInstanceOf(OpResult.Delete.class, result.results().get(step))
                .deleted();
    }

    private static Optional<Entry> found(TxnResult result, int step) {
        return assertInstanceOf(OpResult.Get.class, result.results().get(step)).entry();
    }

    private static Optional<Entry> previous(TxnResult result, int step) {
        return assertInstanceOf(OpResult.Put.class, result.results().get(step)).previous();
    }

    private boolean holds(Guard... guards) throws InterruptedException {
        return kv().txn().when(guards).commit().succeeded();
    }

    // ---- branches

    @Test
    void guardsThatHold_runTheFirstBranch_elseTheOther() throws InterruptedException {
        kv().put(key("a"), "1");
        Guard holds = Guard.exists(key("a"));
        Guard doesNot = Guard.exists(key("b"));
        TxnResult yes = kv().txn()
                .when(holds)
                .then(Op.get(key("a")))
                .otherwise(Op.put(key("no"), ""))
                .commit();
        TxnResult no = coord(1).kv()
                .txn()
                .when(holds, doesNot)
                .then(Op.put(key("no"), ""))
                .otherwise(Op.get(key("b")), Op.put(key("else"), "2"))
                .commit();

        assertTrue(yes.succeeded());
        assertEquals("1", found(yes, 0).orElseThrow().text());
        assertFalse(no.succeeded());
        assertEquals(2, no.results().size());
        assertTrue(found(no, 0).isEmpty());
        assertTrue(kv().get(key("no")).isEmpty());
        assertEquals(no.revision(), kv().get(key("else")).orElseThrow().modRevision());
    }

    @Test
    void guardThatDoesNotHold_isAnOutcome_alsoWithoutAnotherBranch() throws InterruptedException {
        long before = kv().put(key("a"), "1");
        TxnResult result = kv().txn()
                .when(Guard.absent(key("a")))
                .then(Op.put(key("a"), "2"))
                .commit();
        assertEquals(new TxnResult(false, before, List.of()), result);
    }

    @Test
    void steps_seeTheEffectsOfTheEarlierOnes_andReturnWhatTheyFound() throws InterruptedException {
        long before = kv().put(key("a"), "old");
        TxnResult result = kv().txn()
                .then(
                        Op.put(key("a"), "new"),
                        Op.get(key("a")),
                        Op.put(key("b"), "b"),
                        Op.range(RangeQuery.of(keys())),
                        Op.delete(KeyRange.key(key("c"))),
                        Op.get(key("c")))
                .commit();

        assertEquals(before, previous(result, 0).orElseThrow().modRevision());
        assertEquals("old", previous(result, 0).orElseThrow().text());
        assertEquals(
                Optional.of(new Entry(key("a"), Value.of("new"), before, result.revision(), 2, 0)), found(result, 1));
        assertTrue(previous(result, 2).isEmpty());
        OpResult.Range range =
                assertInstanceOf(OpResult.Range.class, result.results().get(3));
        assertEquals(
                List.of("new", "b"),
                range.result().entries().stream().map(Entry::text).toList());
        assertEquals(2, range.result().count());
        assertTrue(deleted(result, 4).isEmpty());
        assertTrue(found(result, 5).isEmpty());
    }

    @Test
    void delete_returnsWhatItDeleted_inKeyOrder_andItStaysDeletedForTheStepsAfter() throws InterruptedException {
        kv().txn()
                .then(Op.put(key("c"), "3"), Op.put(key("a"), "1"), Op.put(key("b"), "2"))
                .commit();
        TxnResult result = kv().txn()
                .then(
                        Op.delete(key("b")),
                        Op.range(RangeQuery.of(keys())),
                        Op.delete(KeyRange.between(key("c"), key("d"))),
                        Op.get(key("c")))
                .commit();
        assertEquals(List.of("2"), deleted(result, 0).stream().map(Entry::text).toList());
        assertEquals(List.of("3"), deleted(result, 2).stream().map(Entry::text).toList());
        assertTrue(found(result, 3).isEmpty());
        assertEquals(
                List.of("1"),
                deleted(kv().txn().then(Op.delete(keys())).commit(), 0).stream()
                        .map(Entry::text)
                        .toList());
    }

    @Test
    void add_amongOtherSteps_isSeenByTheLaterOnes_andReturnsTheEntry() throws InterruptedException {
        long before = kv().put(key("n"), "40");
        TxnResult result = kv().txn()
                .when(Guard.valueIs(key("n"), Value.of("40")))
                .then(
                        Op.add(key("n"), 2),
                        Op.get(key("n")),
                        Op.add(key("new"), -1),
                        Op.range(RangeQuery.of(keys()).countedOnly()))
                .commit();

        Entry after = new Entry(key("n"), Value.of("42"), before, result.revision(), 2, 0);
        assertEquals(new OpResult.Add(after), result.results().get(0));
        assertEquals(Optional.of(after), found(result, 1));
        OpResult.Add created =
                assertInstanceOf(OpResult.Add.class, result.results().get(2));
        assertEquals(-1, created.value());
        assertEquals(
                new Entry(key("new"), Value.of("-1"), result.revision(), result.revision(), 1, 0), created.after());
        assertEquals(
                2,
                assertInstanceOf(OpResult.Range.class, result.results().get(3))
                        .result()
                        .count());
    }

    @Test
    void add_keepsTheLeaseOfItsKey() throws InterruptedException {
        try (Lease lease = coord().leases().grant(Duration.ofMinutes(1))) {
            kv().txn().then(Op.put(key("n"), "1").withLease(lease.id())).commit();
            assertEquals(2, coord(1).kv().add(key("n"), 1));
            assertEquals(lease.id(), kv().get(key("n")).orElseThrow().lease());
        }
        assertTrue(kv().get(key("n")).isEmpty(), "it went with its lease");
        kv().add(key("n"), 1);
        assertEquals(0, kv().get(key("n")).orElseThrow().lease());
    }

    @Test
    void addThatIsRefused_failsTheWholeTransaction() throws InterruptedException {
        long before = kv().put(key("text"), "x");
        CompletableFuture<TxnResult> outcome = coord(1).kv()
                .txn()
                .then(
                        Op.put(key("a"), "1"),
                        Op.add(key("n"), 1),
                        Op.delete(KeyRange.prefix(key("other"))),
                        Op.add(key("text"), 1))
                .commitAsync();
        AddRefusedException error = failure(AddRefusedException.class, outcome);

        assertEquals(key("text"), error.key());
        assertEquals(Outcome.NOT_APPLIED, error.outcome());
        assertEquals(before, kv().range(RangeQuery.of(keys())).revision());
        assertEquals(1, kv().range(RangeQuery.of(keys())).count());
        assertTrue(
                kv().txn()
                        .when(Guard.absent(key("a")))
                        .then(Op.get(key("a")))
                        .otherwise(Op.add(key("text"), 1))
                        .commit()
                        .succeeded(),
                "only what runs is asked");
    }

    // ---- revisions

    @Test
    void allWritesOfATransaction_haveItsRevision() throws InterruptedException {
        kv().put(key("gone"), "");
        TxnResult result = kv().txn()
                .then(Op.put(key("b"), ""), Op.put(key("a"), ""), Op.delete(key("gone")))
                .commit();
        List<Entry> entries = coord(1).kv().range(RangeQuery.of(keys())).entries();
        assertEquals(2, entries.size());
        assertTrue(entries.stream()
                .allMatch(entry ->
                        entry.modRevision() == result.revision() && entry.createRevision() == result.revision()));
    }

    @Test
    void transactionThatWritesNothing_leavesTheRevision() throws InterruptedException {
        long last = kv().put(key("a"), "1");
        TxnResult result =
                kv().txn().then(Op.get(key("a")), Op.delete(key("none"))).commit();
        assertTrue(result.succeeded());
        assertEquals(last, result.revision());
        assertEquals(last + 1, kv().put(key("a"), "2"), "revisions are the store's own, one for each change");
    }

    // ---- guards

    @Test
    void guards_compareWhatTheySay() throws InterruptedException {
        long created = kv().put(key("a"), "b");
        long changed = kv().put(key("a"), "m");
        String a = key("a");

        assertTrue(holds(
                Guard.exists(a),
                Guard.valueIs(a, Value.of("m")),
                Guard.versionIs(a, 2),
                Guard.createRevisionIs(a, created),
                Guard.modRevisionIs(a, changed),
                Guard.absent(key("b")),
                Guard.absent(KeyRange.between(key("b"), key("c")))));
        assertFalse(holds(Guard.absent(a)));
        assertFalse(holds(Guard.absent(keys())));
        assertFalse(holds(Guard.valueIs(a, Value.of("b"))));
        assertFalse(holds(Guard.versionIs(a, 1)));
        assertFalse(holds(Guard.createRevisionIs(a, changed)));
        assertFalse(holds(Guard.modRevisionIs(a, created)));
    }

    @Test
    void guards_compareByEveryRelation() throws InterruptedException {
        kv().put(key("a"), "b");
        kv().put(key("a"), "m");
        KeyRange a = KeyRange.key(key("a"));
        long[] numbers = {1, 2, 3};
        for (long number : numbers) {
            assertEquals(number == 2, holds(Guard.compare(a, Target.VERSION, Relation.EQUAL, number)));
            assertEquals(number != 2, holds(Guard.compare(a, Target.VERSION, Relation.NOT_EQUAL, number)));
            assertEquals(2 < number, holds(Guard.compare(a, Target.VERSION, Relation.LESS, number)));
            assertEquals(2 > number, holds(Guard.compare(a, Target.VERSION, Relation.GREATER, number)));
        }
        assertTrue(holds(Guard.compareValue(a, Relation.GREATER, Value.of("l"))));
        assertTrue(holds(Guard.compareValue(a, Relation.LESS, Value.of(new byte[] {-1}))), "bytes are unsigned");
        assertFalse(holds(Guard.compareValue(a, Relation.LESS, Value.of("m"))));
        assertTrue(holds(Guard.compareValue(a, Relation.NOT_EQUAL, Value.of("mm"))));
        assertThrows(IllegalArgumentException.class, () -> Guard.compare(a, Target.VALUE, Relation.EQUAL, 1));
    }

    @Test
    void guardOverARange_mustHoldForEachEntry_andHoldsForNone() throws InterruptedException {
        KeyRange range = KeyRange.prefix(key("r/"));
        Guard allFirst = Guard.compare(range, Target.VERSION, Relation.EQUAL, 1);
        assertTrue(holds(allFirst), "no entry");
        kv().put(key("r/a"), "1");
        kv().put(key("r/b"), "1");
        assertTrue(holds(allFirst, Guard.compareValue(range, Relation.EQUAL, Value.of("1"))));
        assertTrue(holds(Guard.compare(range, Target.COUNT, Relation.EQUAL, 2)));
        kv().put(key("r/b"), "2");
        assertFalse(holds(allFirst));
        assertFalse(holds(Guard.compareValue(range, Relation.EQUAL, Value.of("1"))));
        assertFalse(holds(Guard.compare(range, Target.COUNT, Relation.LESS, 2)));
    }

    @Test
    void guardOnAnAbsentKey_comparesItsNumbersAsZero_andHasNoValue() throws InterruptedException {
        KeyRange absent = KeyRange.key(key("absent"));
        for (Target target : List.of(Target.VERSION, Target.CREATE_REVISION, Target.MOD_REVISION, Target.LEASE)) {
            assertTrue(holds(Guard.compare(absent, target, Relation.EQUAL, 0)), target + " is 0");
            assertTrue(holds(Guard.compare(absent, target, Relation.LESS, 1)), target + " is less than 1");
            assertFalse(holds(Guard.compare(absent, target, Relation.NOT_EQUAL, 0)), target + " is 0");
        }
        for (Relation relation : Relation.values()) {
            assertFalse(holds(Guard.compareValue(absent, relation, Value.EMPTY)), relation + " to no value");
        }
    }

    @Test
    void guardOnTheLease_knowsTheOneAttached() throws InterruptedException {
        try (Lease lease = coord().leases().grant(Duration.ofMinutes(1))) {
            kv().txn().then(Op.put(key("a"), "").withLease(lease.id())).commit();
            KeyRange a = KeyRange.key(key("a"));
            assertTrue(holds(Guard.compare(a, Target.LEASE, Relation.EQUAL, lease.id())));
            assertFalse(holds(Guard.compare(a, Target.LEASE, Relation.EQUAL, 0)));
        }
    }

    // ---- bounds

    @Test
    void branch_writesAKeyOnce_orIsRefusedUnsent() throws InterruptedException {
        long before = kv().put(key("z"), "");
        List<List<Op>> refused = List.of(
                List.of(Op.put(key("a"), "1"), Op.put(key("a"), "2")),
                List.of(Op.put(key("a"), "1"), Op.delete(key("a"))),
                List.of(Op.delete(key("a")), Op.put(key("a"), "1")),
                List.of(Op.delete(key("a")), Op.delete(key("a"))),
                List.of(Op.put(key("a"), "1"), Op.delete(keys())),
                List.of(Op.delete(keys()), Op.put(key("a"), "1")),
                List.of(Op.add(key("a"), 1), Op.add(key("a"), 1)),
                List.of(Op.put(key("a"), "1"), Op.add(key("a"), 1)),
                List.of(Op.delete(keys()), Op.add(key("a"), 1)));
        for (List<Op> ops : refused) {
            Op[] steps = ops.toArray(Op[]::new);
            assertThrows(
                    IllegalArgumentException.class, () -> kv().txn().then(steps).commit(), () -> "" + ops);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> kv().txn().otherwise(steps).commitAsync());
        }
        assertTrue(kv().txn()
                .then(Op.put(key("a"), "1"))
                .otherwise(Op.put(key("a"), "2"))
                .commit()
                .succeeded());
        assertEquals(before + 1, kv().get(key("a")).orElseThrow().modRevision());
    }

    @Test
    void transaction_hasAsManyStepsAndGuardsAsItMay_notMore() throws InterruptedException {
        Op[] puts = IntStream.range(0, Txn.MAX_OPS)
                .mapToObj(i -> Op.put(key("" + i), "x"))
                .toArray(Op[]::new);
        Guard[] guards = IntStream.range(0, Txn.MAX_OPS)
                .mapToObj(i -> Guard.absent(key("" + i)))
                .toArray(Guard[]::new);
        Op[] gets = IntStream.range(0, Txn.MAX_OPS)
                .mapToObj(i -> Op.get(key("" + i)))
                .toArray(Op[]::new);

        assertTrue(kv().txn().when(guards).then(puts).otherwise(gets).commit().succeeded());
        assertEquals(
                Txn.MAX_OPS, kv().range(RangeQuery.of(keys()).countedOnly()).count());
        Op oneMore = Op.get(key("more"));
        assertThrows(
                IllegalArgumentException.class,
                () -> kv().txn().then(puts).then(oneMore).commit());
        assertThrows(
                IllegalArgumentException.class,
                () -> kv().txn().otherwise(gets).otherwise(oneMore).commit());
        assertThrows(
                IllegalArgumentException.class,
                () -> kv().txn().when(guards).when(Guard.absent(key("more"))).commit());
    }

    @Test
    void transaction_isAsLargeAsItMayBe_notLarger() throws InterruptedException {
        Value half = Value.of(new byte[MIB / 2]);
        Value most = Value.of(new byte[MIB - 4096]);
        assertTrue(kv().txn()
                .then(Op.put(key("a"), half), Op.put(key("b"), most))
                .commit()
                .succeeded());
        Txn larger = kv().txn().then(Op.put(key("c"), half), Op.put(key("d"), Value.of(new byte[MIB])));
        assertThrows(IllegalArgumentException.class, larger::commit);
    }

    @Test
    void transactionThatWouldReturnTooMuch_changesNothing() throws InterruptedException {
        Value large = Value.of(new byte[MIB]);
        for (int i = 0; i < 9; i++) {
            kv().put(key("r/" + i), large);
        }
        KeyRange all = KeyRange.prefix(key("r/"));
        CompletableFuture<TxnResult> returning =
                kv().txn().then(Op.put(key("a"), "no"), Op.delete(all)).commitAsync();
        LimitExceededException error = failure(LimitExceededException.class, returning);

        assertEquals(Outcome.NOT_APPLIED, error.outcome());
        assertTrue(kv().get(key("a")).isEmpty());
        assertEquals(9, kv().range(RangeQuery.of(all).countedOnly()).count());
        for (int i = 0; i < 9; i++) {
            assertTrue(kv().delete(key("r/" + i)));
        }
    }

    @Test
    void transactionThatGetsWhatItPutsTooOften_changesNothing() throws InterruptedException {
        Op get = Op.get(key("a"));
        Txn txn = kv().txn().then(Op.put(key("a"), Value.of(new byte[MIB])));
        for (int i = 0; i < 9; i++) {
            txn.then(get);
        }
        failure(LimitExceededException.class, txn.commitAsync());
        assertTrue(kv().get(key("a")).isEmpty());
    }

    // ---- failure and order

    @Test
    void leaseThatHasEnded_failsTheWholeTransaction() throws InterruptedException {
        Lease lease = coord().leases().grant(Duration.ofMinutes(1));
        lease.close();
        LeaseExpiredException error = failure(
                LeaseExpiredException.class,
                kv().txn()
                        .then(Op.put(key("a"), ""), Op.put(key("b"), "").withLease(lease.id()))
                        .commitAsync());
        assertEquals(lease.id(), error.leaseId());
        assertEquals(Outcome.NOT_APPLIED, error.outcome());
        assertEquals(0, kv().range(RangeQuery.of(keys())).count());
    }

    @Test
    void guardedIncrementsOfAllPeers_loseNone_alsoAcrossALeaderChange() throws InterruptedException {
        int each = 20;
        kv().put(key("count"), "0");
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (String id : ids()) {
            all.add(increment(cluster().coord(id).kv(), each));
        }
        changeRaftLeader();
        all.forEach(this::await);

        Entry count = kv().get(key("count")).orElseThrow();
        assertEquals(each * all.size(), Integer.parseInt(count.text()));
        assertEquals(each * all.size() + 1, count.version());
    }

    private CompletableFuture<Void> increment(Kv kv, int times) {
        if (times == 0) {
            return CompletableFuture.completedFuture(null);
        }
        // A minority's read would wait for its timeout: the guard sorts out what an old value leads to.
        return kv.getAsync(key("count"), Consistency.sequential())
                .thenCompose(found -> incremented(kv, found.orElseThrow()))
                .thenCompose(done -> increment(kv, done ? times - 1 : times));
    }

    private CompletableFuture<Boolean> incremented(Kv kv, Entry found) {
        Value next = Value.of(Integer.toString(Integer.parseInt(found.text()) + 1));
        return kv.compareAndSetAsync(key("count"), found.modRevision(), next);
    }
}
