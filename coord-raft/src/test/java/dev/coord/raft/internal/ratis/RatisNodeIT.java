package dev.coord.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.raft.internal.client.AppendException;
import dev.coord.raft.internal.client.RaftStatus;
import dev.coord.raft.testing.Eventually;
import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RatisNodeIT {
    @TempDir
    private Path root;

    private TestPeers peers() {
        return new TestPeers(root, builder -> builder);
    }

    private static List<String> expected(int count) {
        return IntStream.range(0, count).mapToObj(i -> "e" + i).toList();
    }

    @Test
    void append_byOneThread_isAppliedInThatOrderEverywhere() throws Exception {
        try (TestPeers peers = peers().startAll()) {
            peers.append(0, 500);
            peers.awaitEntries(500);
            for (TestPeers.Peer peer : peers.running.values()) {
                assertThat(peer.machine().entries()).isEqualTo(expected(500));
                assertThat(peer.failures()).isEmpty();
            }
        }
    }

    @Test
    void append_toAnySegment_doesNotAskForItsSize() throws Exception {
        TestPeers peers = new TestPeers(root, builder -> builder.segmentBytes(64 << 10));
        try (peers) {
            peers.startAll();
            for (int upTo = 500; upTo <= 3_000; upTo += 500) {
                peers.append(upTo - 500, upTo);
                peers.awaitEntries(upTo);
                for (TestPeers.Peer peer : peers.running.values()) {
                    assertThat(new SegmentSizes().isRemembered(peer.node().log()))
                            .describedAs("%s after %d entries", peer.id(), upTo)
                            .isTrue();
                }
            }
        }
        assertThat(root.resolve("n1").toFile()).isDirectoryRecursivelyContaining("glob:**/log_*-*");
    }

    @Test
    void status_ofLeaderAndFollowers_agrees() throws Exception {
        try (TestPeers peers = peers().startAll()) {
            TestPeers.Peer leader = peers.leader();
            Eventually.until(
                    peers::statuses,
                    () -> peers.running.values().stream()
                            .allMatch(peer -> leader.id().equals(peer.status().leader())));
            RaftStatus status = leader.status();
            assertThat(status.leading()).isTrue();
            assertThat(status.ready()).isTrue();
            assertThat(status.commitIndex()).isGreaterThanOrEqualTo(0);
            assertThat(status.voters()).isEqualTo(TestPeers.IDS);
            assertThat(status.oldVoters()).isEmpty();
            for (TestPeers.Peer follower : peers.followers()) {
                assertThat(follower.status().term()).isEqualTo(status.term());
                assertThat(follower.status().leading()).isFalse();
                assertThat(follower.status().ready()).isFalse();
                assertThat(follower.machine().changes.get()).isPositive();
            }
        }
    }

    @Test
    void commit_whenIdle_reachesFollowersLongBeforeTheNextHeartbeat() throws Exception {
        // Heartbeats are 5 seconds apart: 30 appends that waited for them would take minutes.
        Duration min = Duration.ofSeconds(10);
        TestPeers peers = new TestPeers(root, builder -> builder.electionTimeout(min, min.plusSeconds(1)));
        try (peers) {
            peers.startAll();
            peers.peer("n1").node().campaign();
            peers.leader();
            Deadline deadline = Deadline.after(Ticker.system(), Duration.ofSeconds(20));
            for (int i = 0; i < 30; i++) {
                peers.append(i, i + 1);
                peers.awaitEntries(i + 1);
            }
            assertThat(deadline.isPast()).as("took more than 20 seconds").isFalse();
        }
    }

    @Test
    void append_onFollower_isRefusedAndNamesTheLeader() throws Exception {
        try (TestPeers peers = peers().startAll()) {
            TestPeers.Peer leader = peers.leader();
            peers.append(0, 1);
            peers.awaitEntries(1);
            CompletableFuture<Void> refused = peers.followers().get(0).node().append(new byte[] {1});
            assertThatThrownBy(() -> refused.get(5, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(AppendException.class, e -> {
                        assertThat(e.mayCommit()).isFalse();
                        assertThat(e.leader()).isEqualTo(leader.id());
                    });
        }
    }

    @Test
    void append_ofTooLongAnEntry_isRefusedAndTheLeaderStays() throws Exception {
        TestPeers peers = new TestPeers(root, builder -> builder.maxEntryBytes(10_000));
        try (peers) {
            TestPeers.Peer leader = peers.startAll().leader();
            long term = leader.status().term();
            assertThatThrownBy(() -> leader.node().append(new byte[10_001]).get(5, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(AppendException.class);
            leader.node().append(new byte[10_000]).get(5, TimeUnit.SECONDS);
            assertThat(leader.status().term()).isEqualTo(term);
            assertThat(leader.status().ready()).isTrue();
        }
    }

    @Test
    void leader_killed_isReplacedAndNothingIsLost() throws Exception {
        try (TestPeers peers = peers().startAll()) {
            peers.append(0, 50);
            peers.kill(peers.leader().id());
            peers.append(50, 100);
            peers.awaitEntries(100);
            assertThat(peers.leader().machine().entries()).isEqualTo(expected(100));
        }
    }

    @Test
    void campaign_whenLeaderIsGone_electsAtOnce() throws Exception {
        Duration min = Duration.ofSeconds(10);
        TestPeers peers = new TestPeers(root, builder -> builder.electionTimeout(min, min.plusSeconds(1)));
        try (peers) {
            peers.startAll();
            peers.peer("n1").node().campaign();
            peers.append(0, 1);
            peers.awaitEntries(1);
            Deadline deadline = Deadline.after(Ticker.system(), Duration.ofSeconds(5));
            peers.kill(peers.leader().id());
            peers.running.values().iterator().next().node().campaign();
            peers.append(1, 2);
            assertThat(deadline.isPast()).as("took more than 5 seconds").isFalse();
        }
    }

    @Test
    void leader_isolated_failsWhatItAppendedWithAnUnknownFate() throws Exception {
        try (TestPeers peers = peers().startAll()) {
            TestPeers.Peer old = peers.leader();
            peers.network.isolate(old.id());
            CompletableFuture<Void> pending = old.node().append(new byte[] {'x'});
            assertThatThrownBy(() -> pending.get(20, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            AppendException.class,
                            e -> assertThat(e.mayCommit()).isTrue());
            Eventually.until(
                    peers::statuses,
                    () -> peers.running.values().stream()
                            .anyMatch(peer -> !peer.equals(old) && peer.status().ready()));
            peers.network.heal(old.id());
            peers.append(0, 10);
            peers.awaitEntries(10);
            assertThat(old.machine().entries()).isEqualTo(expected(10));
        }
    }
}
