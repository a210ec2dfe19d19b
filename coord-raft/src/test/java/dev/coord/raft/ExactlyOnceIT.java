package dev.coord.raft;

import static dev.coord.raft.testing.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.IndeterminateException;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.raft.internal.codec.CommandCodec;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Proposal;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Operations sent again on a real cluster: each key's version counts how often its put was applied. */
@Timeout(120)
class ExactlyOnceIT {
    private static final Duration RETRY_CACHE = Duration.ofMillis(200);

    private static LocalCluster cluster;
    private static Faults faults;

    @BeforeAll
    static void start() {
        cluster = LocalCluster.builder()
                .electionTimeout(Duration.ofMillis(200))
                .configure(peer -> peer.snapshotEntries(50)
                        .retryCacheExpiry(RETRY_CACHE)
                        .sessionTtl(Duration.ofSeconds(60))
                        .operationTimeout(Duration.ofSeconds(40)))
                .start();
        faults = new Faults(cluster);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void heal() {
        faults.end();
        faults.dropped.set(0);
        faults.proposals.set(0);
        cluster.ids().stream()
                .filter(id -> !faults.running().contains(id))
                .toList()
                .forEach(cluster::restart);
    }

    private static void assertOnce(String key, long revision) throws Exception {
        Entry entry = cluster.coord(faults.leader()).kv().get(key).orElseThrow();
        assertThat(entry.version()).as("applications of " + key).isEqualTo(1);
        assertThat(entry.modRevision()).isEqualTo(revision);
    }

    @Test
    void put_whoseRequestIsLost_isAppliedOnce() throws Exception {
        String writer = faults.peerBesides(faults.leader());
        Coord coord = cluster.coord(writer);
        faults.drop(writer, MessageKind.PROPOSE, false, 2);
        long revision = coord.kv().put("/lost/request", "x");
        assertThat(faults.dropped).hasValue(2);
        assertOnce("/lost/request", revision);
    }

    @Test
    void put_appliedButUnseen_isSentAgainAndAppliedOnce() throws Exception {
        String leader = faults.leader();
        String writer = faults.peerBesides(leader);
        Coord coord = cluster.coord(writer);
        // Longer than a proposer's patience, which is twice the election timeout.
        faults.delay(leader, writer, Duration.ofMillis(600));
        until(
                "the delayed heartbeats",
                () -> cluster.peer(writer).status().appliedIndex()
                        == faults.view(leader).index());
        faults.awaitLeaderAt(writer);
        CompletableFuture<Long> put = coord.kv().putAsync("/lost/reply", Value.of("x"));
        until("the put at the leader", () -> faults.view(leader).get("/lost/reply") != null);
        long first = faults.view(leader).index();
        long revision = put.get();
        assertThat(faults.proposals).as("batches sent").hasValueGreaterThan(1);
        until("the copy in the log", () -> faults.view(leader).index() > first);
        faults.end();
        assertOnce("/lost/reply", revision);
    }

    @Test
    void put_sentAgainAfterSnapshotRestartAndCacheExpiry_isAppliedOnce() throws Exception {
        String leader = faults.leader();
        String writer = faults.peerBesides(leader);
        String third = faults.peerBesides(leader, writer);
        Coord coord = cluster.coord(writer);
        faults.awaitLeaderAt(writer);
        faults.blind(writer);
        CompletableFuture<Long> put = coord.kv().putAsync("/late/copy", Value.of("x"));
        until("the put at the leader", () -> faults.view(leader).get("/late/copy") != null);
        Deadline tenTimes = Deadline.after(Ticker.system(), RETRY_CACHE.multipliedBy(10));
        long index = faults.view(leader).index();
        for (String id : List.of(leader, third)) {
            write(third, 60);
            until("a snapshot of " + id, () -> latestSnapshot(id) > index);
            cluster.kill(id);
            cluster.restart(id);
            faults.leader();
        }
        // Their logs have begun new segments, so that the old ones go with the next snapshots.
        write(third, 120);
        until("ten times the expiry", tenTimes::isPast);
        assertThat(put).isNotDone();
        faults.proposals.set(0);
        faults.count(writer);
        // A new leader does not wait for the answer to the snapshot that was lost.
        String last = faults.leader();
        cluster.kill(last);
        cluster.restart(last);
        assertOnce("/late/copy", put.get());
        assertThat(faults.proposals).as("batches sent again").hasPositiveValue();
        assertThat(faults.dropped).hasPositiveValue();
        assertThat(coord.kv().get("/late/copy").orElseThrow().version()).isEqualTo(1);
    }

    private static void write(String peer, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            cluster.coord(peer).kv().put("/filler", "f" + i);
        }
    }

    /** The index that the latest snapshot on a peer's disk covers. */
    private static long latestSnapshot(String id) throws IOException {
        try (Stream<Path> files = Files.walk(cluster.directory(id))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.matches("snapshot\\.\\d+_\\d+"))
                    .mapToLong(name -> Long.parseLong(name.substring(name.indexOf('_') + 1)))
                    .max()
                    .orElse(-1);
        }
    }

    @Test
    void stream_ofPutsThroughLeaderChanges_isAppliedInOrderAndOnce() throws Exception {
        String first = faults.leader();
        String writer = faults.peerBesides(first);
        Coord coord = cluster.coord(writer);
        ConcurrentLinkedQueue<Integer> watched = new ConcurrentLinkedQueue<>();
        Watch watch = coord.watch(
                WatchSpec.of(KeyRange.key("/stream")),
                (revision, events) -> events.forEach(event ->
                        watched.add(Integer.valueOf(event.entry().orElseThrow().text()))));
        List<CompletableFuture<Long>> puts = new ArrayList<>();
        issue(coord, puts, 1_500);
        cluster.kill(first);
        issue(coord, puts, 1_000);
        until(
                "a new leader",
                () -> cluster.leader().filter(id -> !id.equals(first)).isPresent());
        cluster.restart(first);
        String second = faults.leader();
        long term = faults.term(second);
        issue(coord, puts, 500);
        cluster.isolate(second);
        issue(coord, puts, 1_000);
        until(
                "a third leader",
                () -> faults.running().stream()
                        .anyMatch(id -> !id.equals(second)
                                && faults.term(id) > term
                                && cluster.peer(id).status().leading()));
        cluster.heal();
        long before = 0;
        for (CompletableFuture<Long> put : puts) {
            long revision = put.get();
            assertThat(revision).isGreaterThan(before);
            before = revision;
        }
        Entry last = coord.kv().get("/stream").orElseThrow();
        assertThat(last.version()).isEqualTo(puts.size());
        assertThat(last.text()).isEqualTo(String.valueOf(puts.size() - 1));
        until("all events", () -> watched.size() >= puts.size());
        assertThat(watched)
                .containsExactlyElementsOf(
                        Stream.iterate(0, i -> i + 1).limit(puts.size()).toList());
        watch.close();
    }

    private static void issue(Coord coord, List<CompletableFuture<Long>> puts, int count) {
        for (int i = 0; i < count; i++) {
            puts.add(coord.kv().putAsync("/stream", Value.of(String.valueOf(puts.size()))));
        }
    }

    @Test
    void put_givenUp_isAppliedAtMostOnceAndNeverLater() throws Exception {
        String leader = faults.leader();
        String writer = faults.peerBesides(leader);
        Coord coord = cluster.peer(writer).openSession(Duration.ofSeconds(60));
        faults.drop(writer, MessageKind.PROPOSE, false, Integer.MAX_VALUE);
        assertThatThrownBy(() -> coord.kv().withTimeout(Duration.ofMillis(300)).put("/given/up", "x"))
                .isInstanceOf(IndeterminateException.class);
        assertThat(faults.dropped).hasPositiveValue();
        faults.end();
        coord.kv().put("/given/after", "y");
        assertThat(coord.kv().get("/given/up"))
                .as("its request never got through")
                .isEmpty();
        for (int i = 0; i < 50; i++) {
            coord.kv().put("/given/after", "y" + i);
        }
        // A copy that was under way all the while.
        Command put = new Command.Transact(List.of(), List.of(Op.put("/given/up", Value.of("late"))), List.of());
        byte[] copy = CommandCodec.encode(List.of(new Proposal(coord.session().id(), 1, 0, put)));
        String now = faults.leader();
        long index = faults.view(now).index();
        cluster.peer(now).core().handle(writer, MessageKind.PROPOSE, copy).get();
        assertThat(faults.view(now).index()).isGreaterThan(index);
        assertThat(coord.kv().get("/given/up")).isEmpty();
        coord.close();
    }
}
