package dev.coord.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coord.CompactedException;
import dev.coord.Coord;
import dev.coord.FutureRevisionException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a {@link Watch} promises: every change of a range, once, in order, whole; resumable; or an explicit end. */
public abstract class WatchContract extends ClusterContract {

    /** For subclasses. */
    protected WatchContract() {}

    /**
     * Returns how many past revisions the cluster keeps, set low enough to write past them often.
     *
     * @return a few hundred
     */
    protected abstract int historyRevisions();

    private void awaitDelivery(long revision, Watch... watches) {
        for (Watch watch : watches) {
            eventually("delivery up to " + revision, () -> watch.deliveredRevision() >= revision);
        }
    }

    // ---- what is delivered

    @Test
    void watchFromNow_getsTheCallersNextWrite() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            Coord coord = coord(i % ids().size());
            coord.kv().put(key("a"), "before " + i);
            Heard heard = new Heard();
            try (Watch watch = coord.watch(WatchSpec.of(keys()), heard)) {
                awaitDelivery(coord.kv().put(key("a"), "" + i), watch);
                assertEquals(List.of("PUT a=" + i), heard.texts());
            }
        }
    }

    @Test
    void watch_atEveryPeer_getsEachRevisionOnce_inOrder_whole() throws InterruptedException {
        List<Heard> heard = new ArrayList<>();
        List<Watch> watches = new ArrayList<>();
        long start = kv().put("/elsewhere", "");
        for (String id : ids()) {
            heard.add(new Heard());
            watches.add(cluster().coord(id).watch(WatchSpec.of(keys()).from(start), heard.get(heard.size() - 1)));
        }
        List<Long> revisions = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Coord writer = coord(i % ids().size());
            revisions.add(writer.kv()
                    .txn()
                    .then(Op.put(key("c"), "" + i), Op.put(key("a"), "" + i), Op.delete(key("b")))
                    .commit()
                    .revision());
            expected.add("PUT a=" + i + (i == 0 ? "" : ", DELETE b") + ", PUT c=" + i);
            writer.kv().put("/elsewhere", "" + i);
            revisions.add(writer.kv().put(key("b"), "" + i));
            expected.add("PUT b=" + i);
        }
        for (int i = 0; i < watches.size(); i++) {
            awaitDelivery(revisions.get(revisions.size() - 1), watches.get(i));
            assertEquals(expected, heard.get(i).texts(), ids().get(i));
            assertEquals(revisions, heard.get(i).revisions(), ids().get(i));
            watches.get(i).close();
        }
    }

    @Test
    void events_carryTheEntryAsWritten_andThePreviousIfAskedFor() throws InterruptedException {
        Heard plain = new Heard();
        Heard previous = new Heard();
        try (Watch a = coord().watch(WatchSpec.of(keys()), plain);
                Watch b = coord().watch(WatchSpec.of(keys()).withPreviousValues(), previous)) {
            long one = kv().put(key("a"), "one");
            long two = kv().put(key("a"), "two");
            kv().delete(key("a"));
            long again = kv().put(key("a"), "again");
            awaitDelivery(again, a, b);

            Entry first = new Entry(key("a"), Value.of("one"), one, one, 1, 0);
            Entry second = new Entry(key("a"), Value.of("two"), one, two, 2, 0);
            Entry third = new Entry(key("a"), Value.of("again"), again, again, 1, 0);
            assertEquals(
                    List.of(
                            new WatchEvent(WatchEvent.Kind.PUT, key("a"), first, null),
                            new WatchEvent(WatchEvent.Kind.PUT, key("a"), second, first),
                            new WatchEvent(WatchEvent.Kind.DELETE, key("a"), null, second),
                            new WatchEvent(WatchEvent.Kind.PUT, key("a"), third, null)),
                    previous.changes.stream()
                            .flatMap(change -> change.events().stream())
                            .toList());
            assertTrue(plain.changes.stream()
                    .flatMap(change -> change.events().stream())
                    .allMatch(event -> event.previous().isEmpty()));
            assertEquals(List.of("PUT a=one", "PUT a=two", "DELETE a", "PUT a=again"), plain.texts());
        }
    }

    @Test
    void filtersAndRanges_deliverThatMuch() throws InterruptedException {
        Heard puts = new Heard();
        Heard deletes = new Heard();
        Heard range = new Heard();
        Heard single = new Heard();
        try (Watch a = coord().watch(WatchSpec.of(keys()).putsOnly(), puts);
                Watch b = coord().watch(WatchSpec.of(keys()).deletesOnly(), deletes);
                Watch c = coord().watch(WatchSpec.of(KeyRange.between(key("b"), key("d"))), range);
                Watch d = coord().watch(WatchSpec.of(KeyRange.key(key("c"))), single)) {
            kv().txn()
                    .then(Op.put(key("a"), ""), Op.put(key("b"), ""), Op.put(key("c"), ""), Op.put(key("d"), ""))
                    .commit();
            kv().txn().then(Op.delete(KeyRange.between(key("a"), key("d")))).commit();
            awaitDelivery(
                    kv().txn()
                            .then(Op.put(key("a"), ""), Op.delete(key("d")))
                            .commit()
                            .revision(),
                    a,
                    b,
                    c,
                    d);

            assertEquals(List.of("PUT a=, PUT b=, PUT c=, PUT d=", "PUT a="), puts.texts());
            assertEquals(List.of("DELETE a, DELETE b, DELETE c", "DELETE d"), deletes.texts());
            assertEquals(List.of("PUT b=, PUT c=", "DELETE b, DELETE c"), range.texts());
            assertEquals(List.of("PUT c=", "DELETE c"), single.texts());
        }
        assertThrows(IllegalArgumentException.class, () -> new WatchSpec(keys(), 0, false, false, false, false));
        assertThrows(IllegalArgumentException.class, () -> WatchSpec.of(keys()).from(-1));
    }

    // ---- where it begins

    @Test
    void watchStartedAfterAnother_missesNothingAndRepeatsNothing() throws InterruptedException {
        List<String> expected = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        long from = kv().put("/elsewhere", "") + 1;
        for (int i = 0; i < 6; i++) {
            for (int k = 0; k < 5; k++) {
                expected.add("PUT a=" + i + k);
                var unused = coord(1).kv().putAsync(key("a"), Value.of("" + i + k));
            }
            Heard heard = new Heard();
            try (Watch watch =
                    coord(i % ids().size()).watch(WatchSpec.of(keys()).from(from), heard)) {
                eventually("some events", () -> !heard.changes.isEmpty());
                watch.close();
                from = watch.deliveredRevision() + 1;
            }
            // What was under way when it was closed is let finish, and counts as delivered or not.
            cluster().advance(Duration.ofMillis(20));
            long resumeAt = from;
            heard.changes.stream()
                    .filter(change -> change.revision() < resumeAt)
                    .forEach(change -> texts.add(change.toString()));
        }
        Heard rest = new Heard();
        try (Watch watch = coord().watch(WatchSpec.of(keys()).from(from), rest)) {
            awaitDelivery(kv().put("/elsewhere", "") - 1, watch);
        }
        texts.addAll(rest.texts());
        assertEquals(expected, texts);
    }

    @Test
    void start_atTheNextRevision_waits_inTheFarFuture_isRefused() throws InterruptedException {
        long present = kv().put(key("a"), "1");
        Heard next = new Heard();
        Heard future = new Heard();
        try (Watch watch = coord(1).watch(WatchSpec.of(keys()).from(present + 1), next)) {
            coord(1).watch(WatchSpec.of(keys()).from(present + 1_000), future);
            eventually("a refusal", () -> future.end() != null);
            assertInstanceOf(FutureRevisionException.class, future.end());
            awaitDelivery(kv().put(key("a"), "2"), watch);
            assertEquals(List.of("PUT a=2"), next.texts());
            assertNull(next.end());
        }
    }

    // ---- faults

    @Test
    void watchOfAPeerThatIsCutOff_getsWhatItMissed_onceInOrder() throws InterruptedException {
        String alone = follower();
        Coord other = cluster().coord(otherThan(alone));
        List<String> expected = new ArrayList<>();
        Heard heard = new Heard();
        try (Watch watch = cluster().coord(alone).watch(WatchSpec.of(keys()), heard)) {
            long last = 0;
            for (int i = 0; i < 30; i++) {
                if (i == 10) {
                    cluster().faults().isolate(alone);
                }
                if (i == 20) {
                    cluster().faults().heal();
                    changeRaftLeader();
                }
                last = await(other.kv().putAsync(key("a"), Value.of("" + i)));
                expected.add("PUT a=" + i);
            }
            awaitDelivery(last, watch);
            assertEquals(expected, heard.texts());
        }
    }

    @Test
    void watchAtARestartedPeer_resumesFromBeforeTheCrash() throws InterruptedException {
        String peer = follower();
        Coord other = cluster().coord(otherThan(peer));
        long first = other.kv().put(key("a"), "0");
        other.kv().put(key("a"), "1");
        cluster().faults().crash(peer);
        other.kv().put(key("a"), "2");
        cluster().faults().restart(peer);
        Heard heard = new Heard();
        try (Watch watch = cluster().coord(peer).watch(WatchSpec.of(keys()).from(first), heard)) {
            awaitDelivery(other.kv().put(key("a"), "3"), watch);
            assertEquals(List.of("PUT a=0", "PUT a=1", "PUT a=2", "PUT a=3"), heard.texts());
        }
    }

    // ---- lost history

    /** Writes until the history of a revision is gone at some peer. */
    private void compact(Coord coord, long revision) throws InterruptedException {
        for (int rounds = 0; ; rounds++) {
            List<CompletableFuture<Long>> writes = new ArrayList<>();
            for (int i = 0; i < historyRevisions() / 2; i++) {
                writes.add(coord.kv().putAsync("/contract/history", Value.of("" + i)));
            }
            writes.forEach(this::await);
            cluster().advance(Duration.ofMillis(100));
            boolean gone = await(coord.kv()
                    .getAsync("/contract/history", Consistency.at(revision))
                    .handle((read, error) -> error instanceof CompactedException));
            if (gone) {
                return;
            }
            assertTrue(rounds < 30, "nothing is ever compacted");
        }
    }

    @Test
    void compactedStart_endsTheWatch_orGetsTheStateIfAskedFor() throws InterruptedException {
        long first = kv().put(key("b"), "old");
        long last = kv().put(key("a"), "last");
        compact(coord(1), last);
        Heard plain = new Heard();
        coord(1).watch(WatchSpec.of(keys()).from(first), plain);
        eventually("the end", () -> plain.end() != null);
        CompactedException error = assertInstanceOf(CompactedException.class, plain.end());
        assertTrue(error.compactRevision() > last);
        assertEquals(List.of(), plain.changes);

        Heard resyncing = new Heard();
        try (Watch watch = coord(1).watch(WatchSpec.of(keys()).from(first).resyncing(), resyncing)) {
            eventually("the state", () -> !resyncing.resyncs.isEmpty());
            awaitDelivery(kv().put(key("c"), "later"), watch);
            assertEquals(1, resyncing.resyncs.size());
            RangeResult state = resyncing.resyncs.get(0);
            assertTrue(state.revision() >= error.compactRevision());
            assertEquals(
                    List.of("last", "old"),
                    state.entries().stream().map(Entry::text).toList());
            assertEquals(2, state.count());
            assertEquals(List.of("PUT c=later"), resyncing.texts());
            assertNull(resyncing.end());
        }
    }

    @Test
    void compactedRevision_canBeWatchedFromTheOneAfter() throws InterruptedException {
        long first = kv().put(key("a"), "1");
        compact(coord(), first);
        CompactedException error = failure(CompactedException.class, kv().getAsync(key("a"), Consistency.at(first)));
        // More may be compacted at any time; while nothing is written, nothing is.
        Heard heard = new Heard();
        try (Watch watch = coord().watch(WatchSpec.of(keys()).from(error.compactRevision() + 1), heard)) {
            awaitDelivery(kv().put(key("a"), "2"), watch);
            assertEquals(List.of("PUT a=2"), heard.texts());
        }
    }

    // ---- the listener and the end

    @Test
    void idleWatch_isToldHowFarItHasCome() throws InterruptedException {
        Heard heard = new Heard();
        try (Watch watch = coord().watch(WatchSpec.of(keys()), heard)) {
            long elsewhere = kv().put("/elsewhere", "1");
            eventually("progress", () -> heard.progress.stream().anyMatch(reached -> reached >= elsewhere));
            assertEquals(heard.progress.stream().sorted().toList(), heard.progress);
            assertEquals(List.of(), heard.changes);
            assertTrue(watch.deliveredRevision() >= elsewhere);
        }
    }

    @Test
    void listenerThatThrows_hearsTheRest() throws InterruptedException {
        Heard heard = new Heard() {
            @Override
            public void onChange(long revision, List<WatchEvent> events) {
                super.onChange(revision, events);
                throw new IllegalStateException("thrown by a test's listener");
            }
        };
        try (Watch watch = coord().watch(WatchSpec.of(keys()), heard)) {
            kv().put(key("a"), "1");
            awaitDelivery(kv().put(key("a"), "2"), watch);
            assertEquals(List.of("PUT a=1", "PUT a=2"), heard.texts());
        }
    }

    @Test
    void close_endsDeliverySilently() throws InterruptedException {
        Heard heard = new Heard();
        Heard other = new Heard();
        Watch watch = coord().watch(WatchSpec.of(keys()), heard);
        awaitDelivery(kv().put(key("a"), "1"), watch);
        watch.close();
        watch.close();
        try (Watch still = coord().watch(WatchSpec.of(keys()), other)) {
            awaitDelivery(kv().put(key("a"), "2"), still);
            assertEquals(List.of("PUT a=1"), heard.texts());
            assertEquals(List.of("PUT a=2"), other.texts());
            assertNull(heard.end());
            assertTrue(watch.deliveredRevision() < still.deliveredRevision());
        }
    }
}
