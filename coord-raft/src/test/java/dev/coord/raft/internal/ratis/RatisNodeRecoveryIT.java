package dev.coord.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.coord.raft.internal.ratis.RaftOpenException.Reason;
import dev.coord.raft.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RatisNodeRecoveryIT {
    /** Snapshots soon, and a log that is cut right behind them. */
    private static RatisNodeConfig.Builder eager(RatisNodeConfig.Builder builder) {
        return builder.snapshotAfter(50, 1 << 20).retainedEntries(10).segmentBytes(64 << 10);
    }

    @TempDir
    private Path root;

    private static List<String> expected(int count) {
        return IntStream.range(0, count).mapToObj(i -> "e" + i).toList();
    }

    private static List<Path> files(Path directory, String part) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .filter(path -> path.toString().contains(part))
                    .sorted()
                    .toList();
        }
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 0x55;
        Files.write(file, bytes);
    }

    private static RaftOpenException openFails(TestPeers peers, String id) {
        return catchThrowableOfType(RaftOpenException.class, () -> peers.start(id));
    }

    @Test
    void restart_ofAll_restoresFromLog() throws Exception {
        try (TestPeers peers = new TestPeers(root, builder -> builder)) {
            peers.startAll().append(0, 100);
            peers.awaitEntries(100);
            peers.closePeers();
            peers.startAll().append(100, 101);
            peers.awaitEntries(101);
            for (TestPeers.Peer peer : peers.running.values()) {
                assertThat(peer.machine().entries()).isEqualTo(expected(101));
                assertThat(peer.machine().restores.get()).isZero();
            }
        }
    }

    @Test
    void restart_withALogThatEndsBeforeTheSnapshot_beginsItAnew() throws Exception {
        try (TestPeers peers = new TestPeers(root, RatisNodeRecoveryIT::eager)) {
            peers.startAll().append(0, 100);
            peers.awaitEntries(100);
            String id = peers.followers().get(0).id();
            Eventually.until("a snapshot", () -> !snapshots(peers, id).isEmpty());
            peers.kill(id);
            Path log = files(peers.directory(id), "log_inprogress_").get(0);
            Files.write(log, Arrays.copyOf(Files.readAllBytes(log), 1500));
            peers.append(100, 110);
            TestPeers.Peer back = peers.start(id);
            peers.append(110, 120);
            peers.awaitEntries(120);
            assertThat(back.machine().entries()).isEqualTo(expected(120));
            assertThat(back.failures()).isEmpty();
        }
    }

    /** As Ratis leaves it when it cannot write it. */
    @Test
    void restart_withAnEmptyRecordOfTheVote_findsIt() throws Exception {
        try (TestPeers peers = new TestPeers(root, builder -> builder)) {
            peers.startAll().append(0, 10);
            String id = peers.leader().id();
            long term = peers.leader().status().term();
            peers.kill(id);
            Path record = files(peers.directory(id), "current/raft-meta").get(0);
            Files.write(record, new byte[0]);
            TestPeers.Peer back = peers.start(id);
            assertThat(back.status().term()).isGreaterThanOrEqualTo(term);
            assertThat(Files.readString(record)).contains("votedFor=");
            peers.append(10, 20);
            peers.awaitEntries(20);
        }
    }

    /** What is in the file may be in the memory of the kernel only, though it was thought to be on disk. */
    @Test
    void restart_writesTheOpenSegmentAnew() throws Exception {
        try (TestPeers peers = new TestPeers(root, builder -> builder)) {
            peers.startAll().append(0, 10);
            String id = peers.followers().get(0).id();
            peers.kill(id);
            Path log = files(peers.directory(id), "log_inprogress_").get(0);
            Object before = Files.getAttribute(log, "unix:ino");
            peers.start(id);
            peers.awaitEntries(10);
            assertThat(Files.getAttribute(log, "unix:ino")).isNotEqualTo(before);
            assertThat(files(peers.directory(id), ".tmp")).isEmpty();
        }
    }

    @Test
    void restart_ofFollower_restoresFromSnapshotAndLog() throws Exception {
        try (TestPeers peers = new TestPeers(root, RatisNodeRecoveryIT::eager)) {
            peers.startAll();
            for (int i = 0; i < 200; i += 20) {
                peers.append(i, i + 20);
            }
            peers.awaitEntries(200);
            String id = peers.followers().get(0).id();
            Eventually.until("snapshots", () -> snapshots(peers, id).size() >= 2);
            peers.stop(id);
            assertThat(files(peers.directory(id), ".part")).isEmpty();
            assertThat(files(peers.directory(id), ".lock")).isEmpty();
            peers.append(200, 210);
            TestPeers.Peer back = peers.start(id);
            peers.awaitEntries(210);
            assertThat(back.machine().entries()).isEqualTo(expected(210));
            assertThat(back.machine().restores.get()).isEqualTo(1);
            Eventually.until("old snapshots to go", () -> snapshots(peers, id).size() <= 2);
        }
    }

    private static List<Path> snapshots(TestPeers peers, String id) {
        try {
            return files(peers.directory(id), "snapshot.");
        } catch (IOException e) {
            return List.of();
        }
    }

    @Test
    void follower_behindTheLog_isSentASnapshot() throws Exception {
        try (TestPeers peers = new TestPeers(root, RatisNodeRecoveryIT::eager)) {
            peers.startAll().append(0, 10);
            peers.awaitEntries(10);
            String id = peers.followers().get(0).id();
            peers.stop(id);
            fill(peers, 10, 6000);
            TestPeers.Peer back = peers.start(id);
            peers.awaitEntries(6000);
            assertThat(back.machine().restores.get()).isPositive();
            assertThat(back.machine().entries()).isEqualTo(expected(6000));
            assertThat(back.failures()).isEmpty();
            // What was installed is what a restart finds.
            peers.stop(id);
            peers.append(6000, 6001);
            TestPeers.Peer again = peers.start(id);
            peers.awaitEntries(6001);
            assertThat(again.machine().entries()).isEqualTo(expected(6001));
        }
    }

    @Test
    void follower_cutOffWhileItRuns_isSentASnapshot() throws Exception {
        try (TestPeers peers = new TestPeers(root, RatisNodeRecoveryIT::eager)) {
            peers.startAll().append(0, 10);
            peers.awaitEntries(10);
            TestPeers.Peer lagging = peers.followers().get(0);
            peers.network.isolate(lagging.id());
            fill(peers, 10, 6000);
            peers.network.heal(lagging.id());
            peers.awaitEntries(6000);
            assertThat(lagging.machine().restores.get()).isPositive();
            assertThat(lagging.machine().entries()).isEqualTo(expected(6000));
            assertThat(lagging.failures()).isEmpty();
        }
    }

    private static void fill(TestPeers peers, int from, int to) throws Exception {
        for (int i = from; i < to; i += 100) {
            peers.append(i, Math.min(i + 100, to));
        }
    }

    @Test
    void open_withFlippedByteInLog_fails() throws Exception {
        try (TestPeers peers = new TestPeers(root, builder -> builder)) {
            peers.startAll().append(0, 100);
            peers.awaitEntries(100);
            peers.closePeers();
            Threads threads = Threads.now();
            Path log = files(peers.directory("n1"), "log_").get(0);
            flip(log, lastNonZero(log) - 20);
            RaftOpenException error = openFails(peers, "n1");
            assertThat(error.reason()).isEqualTo(Reason.LOG_CORRUPT);
            assertThat(error).hasMessageContaining("new id");
            threads.awaitNoneLeft();
            assertThat(files(peers.directory("n1"), ".lock")).isEmpty();
            // The other two are well.
            peers.start("n2");
            peers.start("n3");
            peers.append(100, 101);
            peers.awaitEntries(101);
        }
    }

    private static int lastNonZero(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int at = bytes.length - 1;
        while (bytes[at] == 0) {
            at--;
        }
        return at;
    }

    @Test
    void open_withTruncatedSnapshot_fails() throws Exception {
        try (TestPeers peers = withSnapshots()) {
            for (Path file : files(peers.directory("n1"), "snapshot.")) {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
            }
            assertSnapshotCorrupt(peers);
        }
    }

    @Test
    void open_withFlippedByteInSnapshot_fails() throws Exception {
        try (TestPeers peers = withSnapshots()) {
            for (Path file : files(peers.directory("n1"), "snapshot.")) {
                flip(file, (int) Files.size(file) / 2);
            }
            assertSnapshotCorrupt(peers);
        }
    }

    @Test
    void open_withSnapshotDeleted_fails() throws Exception {
        try (TestPeers peers = withSnapshots()) {
            for (Path file : files(peers.directory("n1"), "snapshot.")) {
                Files.delete(file);
            }
            assertSnapshotCorrupt(peers);
        }
    }

    private TestPeers withSnapshots() throws Exception {
        TestPeers peers = new TestPeers(root, RatisNodeRecoveryIT::eager);
        fill(peers.startAll(), 0, 6000);
        peers.awaitEntries(6000);
        Eventually.until("a purged log", () -> firstSegment(peers) > 0);
        peers.closePeers();
        return peers;
    }

    private static long firstSegment(TestPeers peers) {
        try {
            return files(peers.directory("n1"), "log_").stream()
                    .map(path -> path.getFileName().toString().replaceAll("log_(inprogress_)?(\\d+).*", "$2"))
                    .mapToLong(Long::parseLong)
                    .min()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private static void assertSnapshotCorrupt(TestPeers peers) throws IOException {
        Threads threads = Threads.now();
        RaftOpenException error = openFails(peers, "n1");
        assertThat(error.reason()).isEqualTo(Reason.SNAPSHOT_CORRUPT);
        threads.awaitNoneLeft();
        assertThat(files(peers.directory("n1"), ".lock")).isEmpty();
    }

    @Test
    void open_ofDirectoryInUse_failsAndTheFirstGoesOn() throws Exception {
        try (TestPeers peers = new TestPeers(root, builder -> builder)) {
            TestPeers.Peer first = peers.start("n1");
            RaftOpenException error = openFails(peers, "n1");
            assertThat(error.reason()).isEqualTo(Reason.DIRECTORY_IN_USE);
            peers.start("n2");
            peers.append(0, 10);
            peers.awaitEntries(10);
            assertThat(first.machine().entries()).isEqualTo(expected(10));
        }
    }

    @Test
    void open_ofDirectoryUnderAFile_fails() throws Exception {
        Path file = Files.createFile(root.resolve("file"));
        try (TestPeers peers = new TestPeers(file, builder -> builder)) {
            Threads threads = Threads.now();
            assertThat(openFails(peers, "n1").reason()).isEqualTo(Reason.DIRECTORY_UNUSABLE);
            threads.awaitNoneLeft();
        }
    }

    @Test
    void open_onDiskWithoutRoom_fails() throws Exception {
        try (TestPeers peers = new TestPeers(root, builder -> builder.minFreeBytes(Long.MAX_VALUE))) {
            Threads threads = Threads.now();
            assertThat(openFails(peers, "n1").reason()).isEqualTo(Reason.DIRECTORY_UNUSABLE);
            threads.awaitNoneLeft();
            assertThat(files(peers.directory("n1"), "")).isEmpty();
        }
    }

    @Test
    void apply_thatThrows_isReportedAndStopsThePeer() throws Exception {
        try (TestPeers peers = new TestPeers(root, builder -> builder)) {
            peers.startAll().append(0, 1);
            TestPeers.Peer broken = peers.followers().get(0);
            broken.machine().makePoisonable();
            peers.leader()
                    .node()
                    .append("poison".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .join();
            Eventually.until("a report", () -> !broken.failures().isEmpty());
            assertThat(broken.failures())
                    .singleElement()
                    .satisfies(e -> assertThat(e).hasMessage("poisoned"));
            assertThat(broken.status().leader()).isNull();
            peers.stop(broken.id());
        }
    }

    @Test
    void apply_thatThrowsOnTheLeader_failsTheAppendAndAnotherLeads() throws Exception {
        try (TestPeers peers = new TestPeers(root, builder -> builder)) {
            peers.startAll().append(0, 1);
            TestPeers.Peer broken = peers.leader();
            broken.machine().makePoisonable();
            byte[] poison = "poison".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            assertThat(broken.node().append(poison)).failsWithin(java.time.Duration.ofSeconds(20));
            Eventually.until("a report", () -> !broken.failures().isEmpty());
            assertThat(broken.failures()).hasSize(1);
            assertThat(broken.status().leading()).isFalse();
            peers.stop(broken.id());
            peers.append(1, 2);
        }
    }

    @Test
    void close_ofThreePeersAtOnce_leavesNothingBehind() throws Exception {
        Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
        Threads threads = Threads.now();
        try (TestPeers peers = new TestPeers(root, builder -> builder)) {
            peers.startAll().append(0, 20);
            peers.awaitEntries(20);
            long start = dev.coord.time.Ticker.system().nanos();
            peers.closePeers();
            long millis = (dev.coord.time.Ticker.system().nanos() - start) / 1_000_000;
            assertThat(millis).isLessThan(1500);
        }
        threads.awaitNoneLeft();
        assertThat(files(root, ".lock")).isEmpty();
        assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(handler);
    }
}
