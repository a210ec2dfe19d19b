package dev.coord.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coord.AddRefusedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.IndeterminateException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import dev.coord.kv.Kv;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What {@link Kv} promises of keys, ranges and the order of writes; its transactions have {@link TxnContract}. */
public abstract class KvContract extends ClusterContract {

    /** For subclasses. */
    protected KvContract() {}

    // ---- one key

    @Test
    void get_ofAnAbsentKey_isEmptyAtEveryPeer() throws InterruptedException {
        for (String id : ids()) {
            assertTrue(cluster().coord(id).kv().get(key("absent")).isEmpty());
        }
    }

    @Test
    void put_isReadAtEveryPeer_withItsRevisionsAndVersion() throws InterruptedException {
        long created = kv().put(key("a"), "one");
        long changed = kv().put(key("a"), Value.of("two"));

        assertTrue(changed > created);
        for (String id : ids()) {
            Entry entry = cluster().coord(id).kv().get(key("a")).orElseThrow();
            assertEquals(new Entry(key("a"), Value.of("two"), created, changed, 2, 0), entry);
            assertEquals("two", entry.text());
        }
    }

    @Test
    void delete_tellsWhetherTheKeyExisted_andThenANewLifeBegins() throws InterruptedException {
        kv().put(key("a"), "1");
        kv().put(key("a"), "2");

        assertTrue(kv().delete(key("a")));
        assertFalse(kv().delete(key("a")));
        assertFalse(await(kv().deleteAsync(key("a"))));
        assertTrue(kv().get(key("a")).isEmpty());
        long again = kv().put(key("a"), "3");
        assertEquals(Optional.of(new Entry(key("a"), Value.of("3"), again, again, 1, 0)), kv().get(key("a")));
    }

    @Test
    void revision_growsWithEachWriteOfAnyKeyAndPeer_notWithReads() throws InterruptedException {
        long before = kv().put(key("a"), "1");
        long after = before;
        for (String id : ids()) {
            Kv peer = cluster().coord(id).kv();
            long own = peer.put(key(id), "1");
            assertTrue(own > after);
            assertEquals(own, peer.range(RangeQuery.of(keys())).revision());
            assertEquals(own, peer.range(RangeQuery.of(keys())).revision());
            after = own;
        }
        assertFalse(kv().delete(key("absent")));
        assertEquals(after, kv().range(RangeQuery.of(keys())).revision(), "nothing was changed");
    }

    @Test
    void compareAndSet_writesOnlyIfTheLastWriteIsTheExpected() throws InterruptedException {
        assertFalse(kv().compareAndSet(key("a"), 1, Value.of("no")));
        assertTrue(kv().get(key("a")).isEmpty());
        assertTrue(kv().compareAndSet(key("a"), 0, Value.of("created")));
        assertFalse(kv().compareAndSet(key("a"), 0, Value.of("again")));

        Entry created = kv().get(key("a")).orElseThrow();
        assertEquals("created", created.text());
        assertTrue(await(coord(1).kv().compareAndSetAsync(key("a"), created.modRevision(), Value.of("changed"))));
        assertFalse(await(kv().compareAndSetAsync(key("a"), created.modRevision(), Value.of("late"))));
        assertEquals("changed", kv().get(key("a")).orElseThrow().text());
    }

    // ---- adds

    @Test
    void add_countsAnAbsentKeyAsZero_andReturnsTheSum() throws InterruptedException {
        assertEquals(5, kv().add(key("a"), 5));
        assertEquals(3, coord(1).kv().add(key("a"), -2));
        assertEquals(-4, await(coord(2).kv().addAsync(key("a"), -7)));
        assertEquals(-4, kv().add(key("a"), 0));

        Entry entry = kv().get(key("a")).orElseThrow();
        assertEquals("-4", entry.text());
        assertEquals(4, entry.version(), "a write each");
        assertTrue(kv().delete(key("a")));
        assertEquals(1, kv().add(key("a"), 1), "another life");
    }

    @Test
    void add_readsWhatAPutWrote_ifThatIsANumber() throws InterruptedException {
        for (String number : List.of("0", "-1", "41", "" + Long.MAX_VALUE, "" + Long.MIN_VALUE)) {
            kv().put(key("a"), number);
            assertEquals(Long.parseLong(number), kv().add(key("a"), 0));
        }
        for (String text : List.of("", "x", "1 ", "+1", "01", "-0", "1.5", "9223372036854775808", "\u0661")) {
            long before = kv().put(key("a"), text);
            AddRefusedException error =
                    failure(AddRefusedException.class, coord(1).kv().addAsync(key("a"), 1));
            assertEquals(key("a"), error.key());
            assertEquals(AddRefusedException.Reason.NOT_A_NUMBER, error.reason());
            assertEquals(Outcome.NOT_APPLIED, error.outcome());
            assertEquals(text, kv().get(key("a")).orElseThrow().text());
            assertEquals(before, kv().range(RangeQuery.of(keys())).revision(), "nothing was changed");
        }
        assertThrows(AddRefusedException.class, () -> kv().add(key("a"), 1));
    }

    @Test
    void add_thatTakesMoreThan64Bits_isRefused_andTheNumberStays() throws InterruptedException {
        kv().add(key("most"), Long.MAX_VALUE);
        kv().add(key("least"), Long.MIN_VALUE);
        AddRefusedException over = failure(AddRefusedException.class, kv().addAsync(key("most"), 1));
        AddRefusedException under = failure(AddRefusedException.class, kv().addAsync(key("least"), -1));

        assertEquals(AddRefusedException.Reason.OVERFLOW, over.reason());
        assertEquals(AddRefusedException.Reason.OVERFLOW, under.reason());
        assertEquals(Long.MAX_VALUE, kv().add(key("most"), 0));
        assertEquals(-1, kv().add(key("least"), Long.MAX_VALUE));
    }

    @Test
    void addsOfAllPeers_acrossALeaderChange_loseNoneAndAddNoneTwice() throws InterruptedException {
        int each = 30;
        List<CompletableFuture<Long>> adds = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            for (String id : ids()) {
                adds.add(cluster().coord(id).kv().addAsync(key("a"), 1));
            }
            if (i == each / 2) {
                changeRaftLeader();
            }
        }
        TreeSet<Long> sums = new TreeSet<>();
        for (CompletableFuture<Long> add : adds) {
            sums.add(await(add));
        }
        assertEquals(adds.size(), sums.size(), "each sum once");
        assertEquals(adds.size(), sums.last());
        assertEquals("" + adds.size(), kv().get(key("a")).orElseThrow().text());
    }

    @Test
    void values_areBytes_fromNoneToTheGreatestSize() throws InterruptedException {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        kv().put(key("bytes"), Value.of(all));
        kv().put(key("none"), Value.EMPTY);
        kv().put(key("large"), Value.of(new byte[Value.MAX_BYTES]));

        Kv other = coord(1).kv();
        assertArrayEquals(all, other.get(key("bytes")).orElseThrow().value().toByteArray());
        assertEquals(Value.EMPTY, other.get(key("none")).orElseThrow().value());
        assertEquals(
                Value.MAX_BYTES, other.get(key("large")).orElseThrow().value().size());
        assertThrows(IllegalArgumentException.class, () -> Value.of(new byte[Value.MAX_BYTES + 1]));
    }

    @Test
    void keys_areWellFormedText_upToTheGreatestLength() throws InterruptedException {
        String longest = key("") + "ä".repeat((Keys.MAX_BYTES - key("").length()) / 2);
        kv().put(longest, "1");
        assertTrue(coord(1).kv().get(longest).isPresent());
        assertTrue(kv().delete(longest));
        for (String bad : List.of("", "x".repeat(Keys.MAX_BYTES + 1), "/\ud800")) {
            assertThrows(IllegalArgumentException.class, () -> kv().get(bad));
            assertThrows(IllegalArgumentException.class, () -> kv().put(bad, "1"));
            assertThrows(IllegalArgumentException.class, () -> kv().delete(bad));
        }
    }

    // ---- ranges

    @Test
    void range_isInTheOrderOfCodePoints_withItsEndLeftOut() throws InterruptedException {
        // U+FF5E sorts before U+1F600, though as UTF-16 the latter begins with a smaller unit.
        List<String> sorted =
                List.of(key("A"), key("a"), key("a\0"), key("a/b"), key("b"), key("\uff5e"), key("\ud83d\ude00"));
        for (int i = sorted.size() - 1; i >= 0; i--) {
            kv().put(sorted.get(i), "" + i);
        }
        for (String id : ids()) {
            RangeResult result = cluster().coord(id).kv().range(RangeQuery.of(keys()));
            assertEquals(sorted, result.entries().stream().map(Entry::key).toList());
            assertEquals(sorted.size(), result.count());
            assertFalse(result.more());
        }
        assertEquals(sorted.subList(1, 4), namesIn(KeyRange.between(key("a"), key("b"))));
        assertEquals(sorted.subList(1, 2), namesIn(KeyRange.key(key("a"))));
        assertEquals(List.of(), namesIn(KeyRange.prefix(key("c"))));
    }

    private List<String> namesIn(KeyRange range) throws InterruptedException {
        return kv().range(RangeQuery.of(range)).entries().stream()
                .map(Entry::key)
                .toList();
    }

    @Test
    void range_limitedLastFirstWithoutValuesOrCounted_returnsThatMuch() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            kv().put(key("" + i), "v" + i);
        }
        RangeQuery query = RangeQuery.of(keys());
        RangeResult two = kv().range(query.limit(2));
        assertEquals(
                List.of("v0", "v1"), two.entries().stream().map(Entry::text).toList());
        assertEquals(5, two.count());
        assertTrue(two.more());

        RangeResult last = kv().range(query.lastFirst().limit(3));
        assertEquals(
                List.of("v4", "v3", "v2"),
                last.entries().stream().map(Entry::text).toList());

        RangeResult bare = kv().range(query.withoutValues());
        assertTrue(bare.entries().stream().allMatch(entry -> entry.value().equals(Value.EMPTY)));
        assertEquals(5, bare.entries().size());
        assertTrue(bare.entries().get(4).modRevision() > bare.entries().get(0).modRevision());

        RangeResult counted = kv().range(query.countedOnly());
        assertEquals(List.of(), counted.entries());
        assertEquals(5, counted.count());
        assertEquals(two.revision(), counted.revision());
        assertThrows(IllegalArgumentException.class, () -> query.limit(-1));
    }

    // ---- order

    @Test
    void writesOfAHandle_takeEffectInTheOrderOfTheCalls() throws InterruptedException {
        List<CompletableFuture<Long>> writes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            writes.add(coord(1).kv().putAsync(key("a"), Value.of("v" + i)));
        }
        assertAppliedOnceEach(writes);
        assertEquals("v199", kv().get(key("a")).orElseThrow().text());
    }

    private void assertAppliedOnceEach(List<CompletableFuture<Long>> writes) throws InterruptedException {
        long last = 0;
        for (CompletableFuture<Long> write : writes) {
            long revision = await(write);
            assertTrue(revision > last, revision + " after " + last);
            last = revision;
        }
        Entry entry = kv().get(key("a")).orElseThrow();
        assertEquals(writes.size(), entry.version(), "one version for each write");
        assertEquals(last, entry.modRevision());
    }

    @Test
    void read_seesTheWritesIssuedBeforeOnItsHandle_thoughNoneHasReturned() {
        for (String id : ids()) {
            Kv kv = cluster().coord(id).kv();
            CompletableFuture<Long> write = kv.putAsync(key("a"), Value.of(id));
            CompletableFuture<Optional<Entry>> read = kv.getAsync(key("a"), Consistency.linearizable());
            assertEquals(id, await(read).orElseThrow().text());
            assertEquals(await(write), await(read).orElseThrow().modRevision());
        }
    }

    @Test
    void writesAcrossALeaderChange_takeEffectExactlyOnceAndInOrder() throws InterruptedException {
        Coord coord = cluster().coord(follower());
        List<CompletableFuture<Long>> writes = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 20; i++) {
                writes.add(coord.kv().putAsync(key("a"), Value.of(round + " " + i)));
            }
            if (round == 1) {
                cluster().faults().isolate(leader());
            }
        }
        for (CompletableFuture<Long> write : writes) {
            await(write);
        }
        cluster().faults().heal();
        assertAppliedOnceEach(writes);
    }

    @Test
    void writesAcrossACrashOfTheLeader_takeEffectExactlyOnceAndInOrder() throws InterruptedException {
        String leader = leader();
        Coord coord = cluster().coord(otherThan(leader));
        List<CompletableFuture<Long>> writes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            writes.add(coord.kv().putAsync(key("a"), Value.of("before " + i)));
        }
        cluster().faults().crash(leader);
        for (int i = 0; i < 20; i++) {
            writes.add(coord.kv().putAsync(key("a"), Value.of("after " + i)));
        }
        for (CompletableFuture<Long> write : writes) {
            await(write);
        }
        cluster().faults().restart(leader);
        assertAppliedOnceEach(writes);
        assertEquals(
                "after 19",
                cluster().coord(leader).kv().get(key("a")).orElseThrow().text());
    }

    // ---- failure

    @Test
    void writeInAMinority_failsInTime_andItsErrorTellsWhetherItMayHaveHappened() throws InterruptedException {
        String alone = follower();
        Coord coord = cluster().coord(alone);
        String other = otherThan(alone, leader());
        cluster().faults().isolate(alone);
        CompletableFuture<Long> write =
                coord.kv().withTimeout(Duration.ofMillis(300)).putAsync(key("a"), Value.of("1"));
        CoordException error = failure(CoordException.class, write);
        cluster().faults().heal();

        if (error.outcome() == Outcome.NOT_APPLIED) {
            assertInstanceOf(UnavailableException.class, error);
        } else {
            assertInstanceOf(IndeterminateException.class, error);
        }
        long next = coord.kv().put(key("b"), "2");
        Optional<Entry> written = cluster().coord(other).kv().get(key("a"));
        if (error.outcome() == Outcome.NOT_APPLIED) {
            assertTrue(written.isEmpty());
        } else {
            assertTrue(written.map(Entry::modRevision).orElse(0L) < next, "issued before, so written before if at all");
        }
    }

    @Test
    void interruptedCaller_isToldSo() throws InterruptedException {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> kv().put(key("a"), "1"));
        assertFalse(Thread.interrupted());
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> kv().get(key("a")));
        assertFalse(Thread.interrupted());
        kv().put(key("b"), "2");
    }

    @Test
    void timeout_isPositive() {
        assertThrows(IllegalArgumentException.class, () -> kv().withTimeout(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> kv().withTimeout(Duration.ofMillis(-1)));
    }
}
