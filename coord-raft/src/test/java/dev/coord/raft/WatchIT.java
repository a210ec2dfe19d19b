package dev.coord.raft;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.raft.internal.store.Revision;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class WatchIT {
    private static final int EVENTS = 100_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void watches_throughLeaderChangesRestartAndSnapshotInstall_seeEveryRevisionWholeOnceInOrder() throws Exception {
        AtomicInteger snapshotMessages = new AtomicInteger();
        try (LocalCluster cluster = LocalCluster.builder()
                        .electionTimeout(Duration.ofMillis(200))
                        .configure(peer -> peer.snapshotEntries(40).historyRevisions(1_000_000))
                        .start();
                WatchTapes tapes = new WatchTapes(cluster);
                WatchWriter writer = new WatchWriter(cluster)) {
            cluster.memory().dropIf((from, to, kind, response) -> {
                if (kind == MessageKind.RAFT_SNAPSHOT && !response) {
                    snapshotMessages.incrementAndGet();
                }
                return false;
            });
            cluster.ids().forEach(tapes::open);

            writer.writeUntil(EVENTS / 5);
            String killed = changeLeaderByKill(cluster, writer);
            writer.writeUntil(2 * EVENTS / 5);
            cluster.restart(killed);
            tapes.reopen(killed);
            writer.writeUntil(3 * EVENTS / 5);
            // The killed one may have needed a snapshot too, if the log went on without it for long enough.
            awaitCaughtUp(cluster, killed);
            snapshotMessages.set(0);
            String lagging = letLagUntilLogIsGone(cluster, writer, killed);
            cluster.heal();
            writer.writeUntil(4 * EVENTS / 5);
            awaitCaughtUp(cluster, lagging);
            assertThat(snapshotMessages).as("snapshots installed at " + lagging).hasPositiveValue();
            String isolated = changeLeaderByIsolation(cluster, writer);
            cluster.heal();
            writer.writeUntil(EVENTS);
            writer.finish();
            cluster.awaitLeader(PATIENCE);
            System.out.printf(
                    "killed %s, lagging %s, isolated %s, %d snapshot messages, %d acknowledged, %d unknown%n",
                    killed,
                    lagging,
                    isolated,
                    snapshotMessages.get(),
                    writer.acknowledged().size(),
                    writer.unknown());

            check(cluster, tapes, writer);
        }
    }

    private static String changeLeaderByKill(LocalCluster cluster, WatchWriter writer) throws InterruptedException {
        String leader = cluster.awaitLeader(PATIENCE);
        cluster.kill(leader);
        Eventually.until(
                "another leader than " + leader,
                () -> cluster.leader().filter(id -> !id.equals(leader)).isPresent());
        writer.moveAwayFrom(leader);
        return leader;
    }

    private static String letLagUntilLogIsGone(LocalCluster cluster, WatchWriter writer, String not)
            throws InterruptedException {
        String leader = cluster.awaitLeader(PATIENCE);
        String lagging = cluster.ids().stream()
                .filter(id -> !id.equals(leader) && !id.equals(not))
                .findFirst()
                .orElse(not);
        writer.moveAwayFrom(lagging);
        long before = cluster.peer(lagging).status().appliedIndex();
        beginTermWithout(cluster, lagging);
        int events = writer.events();
        while (cluster.peer(cluster.awaitLeader(PATIENCE)).status().appliedIndex() < before + 130) {
            events += 200;
            writer.writeUntil(events);
        }
        assertThat(cluster.peer(lagging).status().appliedIndex()).isLessThan(before + 100);
        return lagging;
    }

    /** The log is dropped by whole files, and a term begins a new one. */
    private static void beginTermWithout(LocalCluster cluster, String lagging) {
        long term = cluster.peer(lagging).status().term();
        cluster.memory().partition(cluster.ids().stream().map(Set::of).toList());
        Eventually.until(
                "no leader",
                () -> cluster.ids().stream()
                        .noneMatch(id -> cluster.peer(id).status().leading()));
        cluster.isolate(lagging);
        Eventually.until(
                "a leader of a later term",
                () -> cluster.leader()
                        .filter(id -> cluster.peer(id).status().term() > term)
                        .isPresent());
    }

    private static String changeLeaderByIsolation(LocalCluster cluster, WatchWriter writer)
            throws InterruptedException {
        String leader = cluster.awaitLeader(PATIENCE);
        writer.moveAwayFrom(leader);
        cluster.isolate(leader);
        Eventually.until(
                "another leader than " + leader,
                () -> cluster.leader().filter(id -> !id.equals(leader)).isPresent());
        return leader;
    }

    private static void awaitCaughtUp(LocalCluster cluster, String peer) {
        long target = cluster.peer(cluster.awaitLeader(PATIENCE)).status().revision();
        Eventually.until(
                peer + " at " + target, () -> cluster.peer(peer).status().revision() >= target);
    }

    private static void check(LocalCluster cluster, WatchTapes tapes, WatchWriter writer) throws InterruptedException {
        Coord any = cluster.coord(cluster.awaitLeader(PATIENCE));
        any.kv().get("/w/0");
        long last = any.kv().put("/z/end", "");
        tapes.awaitRevision(last);
        NavigableMap<Long, Revision> history = history(cluster, last);
        assertThat(history.firstKey()).isEqualTo(1);
        assertThat(history).hasSize((int) last);
        for (String id : cluster.ids()) {
            assertThat(tapes.of(id)).as("at " + id).isEqualTo(WatchTapes.expected(history.values()));
        }
        int events = history.values().stream()
                .mapToInt(revision -> revision.changes().size())
                .sum();
        assertThat(events).isGreaterThanOrEqualTo(EVENTS);
        Map<Long, List<String>> acknowledged = writer.acknowledged();
        assertThat(acknowledged.size() * 4).isGreaterThan(events / 2);
        acknowledged.forEach(
                (revision, changes) -> assertThat(WatchWriter.changes(requireNonNull(history.get(revision))))
                        .as("revision " + revision)
                        .isEqualTo(changes));
        WatchTapes.checkPreviousValues(tapes.of(cluster.ids().get(0)));
        System.out.printf(
                "%d revisions, %d events at each of %d peers%n",
                last, events, cluster.ids().size());
    }

    private static NavigableMap<Long, Revision> history(LocalCluster cluster, long last) {
        NavigableMap<Long, Revision> history = new TreeMap<>();
        cluster.peer(cluster.awaitLeader(PATIENCE))
                .core()
                .view()
                .history()
                .forEach(1L, last + 1, (number, revision) -> {
                    history.put(number, revision);
                    return true;
                });
        return history;
    }
}
