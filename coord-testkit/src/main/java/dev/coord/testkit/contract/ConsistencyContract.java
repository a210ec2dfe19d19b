package dev.coord.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coord.FutureRevisionException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Kv;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the kinds of {@link Consistency} promise. */
public abstract class ConsistencyContract extends ClusterContract {
    private static final Duration SOON = Duration.ofMillis(300);

    /** For subclasses. */
    protected ConsistencyContract() {}

    private String read(String peer, Consistency consistency) {
        return await(cluster().coord(peer).kv().getAsync(key("a"), consistency))
                .map(Entry::text)
                .orElse("");
    }

    private CompletableFuture<Optional<Entry>> readSoon(String peer, Consistency consistency) {
        return cluster().coord(peer).kv().withTimeout(SOON).getAsync(key("a"), consistency);
    }

    // ---- linearizable

    @Test
    void linearizable_seesWhatAnyPeerHasCompleted() throws InterruptedException {
        for (int i = 0; i < 30; i++) {
            String writer = ids().get(i % ids().size());
            cluster().coord(writer).kv().put(key("a"), "" + i);
            for (String reader : ids()) {
                assertEquals("" + i, read(reader, Consistency.linearizable()), reader + " after " + writer);
            }
        }
    }

    @Test
    void linearizable_atAnIsolatedFormerLeader_neverReturnsAnOldValue() throws InterruptedException {
        kv().put(key("a"), "old");
        String former = leader();
        Kv formers = cluster().coord(former).kv();
        Kv others = cluster().coord(otherThan(former)).kv();
        assertEquals("old", formers.get(key("a")).orElseThrow().text());
        cluster().faults().isolate(former);
        await(others.putAsync(key("a"), Value.of("new")));
        failure(UnavailableException.class, formers.withTimeout(SOON).getAsync(key("a"), Consistency.linearizable()));
        failure(
                UnavailableException.class,
                formers.withTimeout(SOON).rangeAsync(RangeQuery.of(keys()), Consistency.linearizable()));

        CompletableFuture<Optional<Entry>> pending = formers.getAsync(key("a"), Consistency.linearizable());
        cluster().faults().heal();
        assertEquals("new", await(pending).orElseThrow().text());
    }

    // ---- sequential

    @Test
    void sequential_seesThisPeersOwnWrites_alsoOfItsOtherHandles() throws InterruptedException {
        for (String id : ids()) {
            cluster().coord(id).kv().put(key("a"), id);
            assertEquals(id, read(id, Consistency.sequential()));
        }
    }

    @Test
    void sequential_neverGoesBackAtOnePeer() {
        List<CompletableFuture<Long>> writes = new ArrayList<>();
        String reader = follower();
        int last = -1;
        for (int i = 0; i < 100; i++) {
            writes.add(cluster().coord(leader()).kv().putAsync(key("a"), Value.of("" + i)));
            String seen = read(reader, Consistency.sequential());
            int number = seen.isEmpty() ? -1 : Integer.parseInt(seen);
            assertTrue(number >= last, number + " after " + last);
            last = number;
        }
        writes.forEach(this::await);
        eventually(
                "the last write at " + reader,
                () -> cluster()
                        .coord(reader)
                        .kv()
                        .getAsync(key("a"), Consistency.sequential())
                        .join()
                        .filter(entry -> entry.text().equals("99"))
                        .isPresent());
    }

    @Test
    void sequential_isAnsweredWithoutARaftLeader() throws InterruptedException {
        String alone = follower();
        cluster().coord(alone).kv().put(key("a"), "1");
        cluster().faults().partition(ids().stream().map(List::of).toList());
        assertEquals("1", read(alone, Consistency.sequential()));
        eventually("no Raft leader", () -> cluster().leader().isEmpty());
        assertEquals("1", read(alone, Consistency.sequential()));
        assertEquals(
                1,
                await(cluster().coord(alone).kv().rangeAsync(RangeQuery.of(keys()), Consistency.sequential()))
                        .count());
    }

    // ---- at least

    @Test
    void atLeast_waitsForTheRevision_atEveryPeer() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            long revision = coord(i % ids().size()).kv().put(key("a"), "" + i);
            for (String id : ids()) {
                assertEquals("" + i, read(id, Consistency.atLeast(revision)));
            }
        }
        assertEquals("9", read(ids().get(0), Consistency.atLeast(0)));
    }

    @Test
    void atLeast_whereTheRevisionDoesNotArrive_failsInTime_andElseWaits() throws InterruptedException {
        String alone = follower();
        Kv own = cluster().coord(alone).kv();
        cluster().faults().isolate(alone);
        long revision = cluster().coord(otherThan(alone)).kv().put(key("a"), "new");
        failure(UnavailableException.class, readSoon(alone, Consistency.atLeast(revision)));

        CompletableFuture<Optional<Entry>> pending = own.getAsync(key("a"), Consistency.atLeast(revision));
        cluster().advance(Duration.ofMillis(100));
        assertPending(pending);
        cluster().faults().heal();
        assertEquals("new", await(pending).orElseThrow().text());
    }

    // ---- bounded staleness

    @Test
    void boundedStaleness_seesWhatWasCompletedThatLongAgo() throws InterruptedException {
        Duration age = Duration.ofMillis(200);
        for (int i = 0; i < 5; i++) {
            cluster().coord(leader()).kv().put(key("a"), "" + i);
            cluster().advance(age);
            for (String id : ids()) {
                assertEquals("" + i, read(id, Consistency.boundedStaleness(age)));
            }
        }
    }

    @Test
    void boundedStaleness_isRefusedOnceTheLeaderIsSilentForLonger() throws InterruptedException {
        String alone = follower();
        cluster().coord(alone).kv().put(key("a"), "1");
        Duration age = Duration.ofSeconds(1);
        assertEquals("1", read(alone, Consistency.boundedStaleness(age)));
        cluster().faults().isolate(alone);
        cluster().advance(age.plusMillis(100));
        failure(UnavailableException.class, readSoon(alone, Consistency.boundedStaleness(age)));
        assertEquals("1", read(alone, Consistency.boundedStaleness(Duration.ofHours(1))));
    }

    // ---- at

    @Test
    void at_seesTheStateJustAfterThatRevision_atEveryPeer() throws InterruptedException {
        long before = kv().put(key("z"), "");
        long one = kv().put(key("a"), "one");
        long two = kv().put(key("a"), "two");
        kv().delete(key("a"));
        long back = kv().put(key("a"), "back");
        for (String id : ids()) {
            // It may lag behind the writer, and then asks the Raft leader.
            assertEquals("back", read(id, Consistency.at(back)));
            assertEquals("", read(id, Consistency.at(back - 1)));
            assertEquals("two", read(id, Consistency.at(two)));
            assertEquals("one", read(id, Consistency.at(one)));
            assertEquals("", read(id, Consistency.at(before)));
            RangeResult range = await(cluster().coord(id).kv().rangeAsync(RangeQuery.of(keys()), Consistency.at(two)));
            assertEquals(two, range.revision());
            assertEquals(
                    List.of("two", ""),
                    range.entries().stream().map(Entry::text).toList());
            assertEquals(
                    Optional.of(new Entry(key("a"), Value.of("two"), one, two, 2, 0)),
                    range.entries().stream().findFirst());
        }
    }

    @Test
    void at_aRevisionThatIsNotThereYet_isRefused() throws InterruptedException {
        long present = kv().put(key("a"), "1");
        for (String id : ids()) {
            failure(
                    FutureRevisionException.class,
                    cluster().coord(id).kv().getAsync(key("a"), Consistency.at(present + 1_000)));
        }
    }

    // ---- all

    @Test
    void range_isOfOneRevision_whateverTheConsistency() throws InterruptedException {
        long revision = kv().put(key("a"), "1");
        for (Consistency consistency : List.of(
                Consistency.linearizable(),
                Consistency.sequential(),
                Consistency.atLeast(revision),
                Consistency.at(revision),
                Consistency.boundedStaleness(Duration.ofMinutes(1)))) {
            RangeResult result = kv().range(RangeQuery.of(keys()), consistency);
            assertEquals(revision, result.revision(), consistency.toString());
            assertEquals(1, result.count(), consistency.toString());
        }
    }

    @Test
    void consistency_ofNothingSensible_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> Consistency.atLeast(-1));
        assertThrows(IllegalArgumentException.class, () -> Consistency.at(-1));
        assertThrows(IllegalArgumentException.class, () -> Consistency.boundedStaleness(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> Consistency.boundedStaleness(Duration.ofMillis(-1)));
    }
}
