package dev.coord.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coord.raft.internal.client.AppendException;
import dev.coord.raft.internal.ratis.RaftOpenException.Reason;
import dev.coord.raft.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, by a small file system in memory; needs the right to mount one. */
@Timeout(120)
class FullDiskIT {
    @TempDir
    private Path root;

    private Path small = Path.of("");

    @BeforeEach
    void mount() throws Exception {
        small = Files.createDirectory(root.resolve("n1"));
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small.toString());
        assumeTrue(mounted, "no right to mount");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", small.toString());
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private TestPeers peers() {
        return new TestPeers(
                root,
                builder -> builder.segmentBytes(64 << 10).maxEntryBytes(20_000).minFreeBytes(0));
    }

    private void fillDisk() throws IOException {
        Path ballast = small.resolve("ballast");
        try (var out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("space");
        }
    }

    @Test
    void open_onFullDisk_fails() throws Exception {
        fillDisk();
        try (TestPeers peers = peers()) {
            Threads threads = Threads.now();
            RaftOpenException error = org.assertj.core.api.Assertions.catchThrowableOfType(
                    RaftOpenException.class, () -> peers.start("n1"));
            assertThat(error.reason()).isEqualTo(Reason.DIRECTORY_UNUSABLE);
            threads.awaitNoneLeft();
        }
    }

    @Test
    void open_onReadOnlyDisk_fails() throws Exception {
        run("mount", "-o", "remount,ro", small.toString());
        try (TestPeers peers = peers()) {
            RaftOpenException error = org.assertj.core.api.Assertions.catchThrowableOfType(
                    RaftOpenException.class, () -> peers.start("n1"));
            assertThat(error.reason()).isEqualTo(Reason.DIRECTORY_UNUSABLE);
        }
    }

    @Test
    void log_ofLeaderOnFullDisk_failsAndOthersGoOnUntilItIsBack() throws Exception {
        failAndComeBack("n1");
    }

    @Test
    void log_ofFollowerOnFullDisk_failsAndOthersGoOnUntilItIsBack() throws Exception {
        failAndComeBack("n2");
    }

    private void failAndComeBack(String leader) throws Exception {
        try (TestPeers peers = peers()) {
            peers.startAll().peer(leader).node().campaign();
            peers.append(0, 10);
            peers.awaitEntries(10);
            TestPeers.Peer failing = peers.peer("n1");
            fillDisk();
            appendUntilFailure(peers, failing);
            assertThat(failing.failures()).hasSize(1);
            assertThat(failing.status().leading()).isFalse();
            peers.stop("n1");
            peers.append(10, 20);
            Files.delete(small.resolve("ballast"));
            peers.start("n1");
            peers.append(20, 30);
            int count = peers.leader().machine().entries().size();
            peers.awaitEntries(count);
            assertThat(peers.peer("n1").machine().entries())
                    .isEqualTo(peers.leader().machine().entries())
                    .contains("e9", "e19", "e29");
        }
    }

    private static void appendUntilFailure(TestPeers peers, TestPeers.Peer failing) {
        List<CompletableFuture<Void>> results = new ArrayList<>();
        Eventually.until("a report", () -> {
            results.add(
                    peers.leader().node().append("x".repeat(10_000).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            return !failing.failures().isEmpty();
        });
        for (CompletableFuture<Void> result : results) {
            try {
                result.orTimeout(20, TimeUnit.SECONDS).join();
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(AppendException.class);
            }
        }
    }
}
