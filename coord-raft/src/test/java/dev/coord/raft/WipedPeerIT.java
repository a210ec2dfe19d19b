package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.coord.raft.PeerStartException.Reason;
import dev.coord.raft.PeerStatus.State;
import dev.coord.raft.testing.Directories;
import dev.coord.raft.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A peer that has voted and lost what it wrote down must not vote again, however the loss came about. */
@Timeout(60)
class WipedPeerIT {
    @TempDir
    Path root;

    private LocalCluster start() {
        return LocalCluster.builder().directory(root).start();
    }

    private void takePart(LocalCluster cluster) throws Exception {
        cluster.coord("n1").kv().put("/k", "v");
        Eventually.until(
                "all registered",
                () -> cluster.ids().stream()
                        .allMatch(id -> cluster.peer(id).core().view().peers().size() == 3));
    }

    @Test
    void emptiedDirectory_afterACommonRestart_isRefusedOnceTheOthersKnow() throws Exception {
        try (LocalCluster cluster = start()) {
            takePart(cluster);
            cluster.ids().forEach(cluster::stop);
            Directories.delete(root.resolve("n3"));
            Thread third = new Thread(() -> restartUnlessRefused(cluster));
            third.start();
            cluster.restart("n1");
            cluster.restart("n2");
            third.join();
            Eventually.until("the others go on", () -> cluster.leader().isPresent());
            assertThat(cluster.coord("n1").kv().get("/k")).isPresent();
            if (refusal == null) {
                Eventually.until(
                        "n3 is refused", () -> cluster.peer("n3").status().state() == State.FAILED);
                assertThat(cluster.peer("n3").status().problem()).contains("has taken part", "new id");
            } else {
                assertThat(refusal.reason()).isEqualTo(Reason.MEMORY_LOST);
            }
        }
    }

    private volatile PeerStartException refusal;

    private void restartUnlessRefused(LocalCluster cluster) {
        try {
            cluster.restart("n3");
        } catch (PeerStartException e) {
            refusal = e;
        }
    }

    @Test
    void emptiedLog_isRefused() throws Exception {
        try (LocalCluster cluster = start()) {
            takePart(cluster);
            cluster.stop("n3");
            for (Path group : list(root.resolve("n3").resolve("raft"))) {
                Directories.delete(group.resolve("current"));
            }
            assertMemoryLost(cluster);
        }
    }

    @Test
    void removedLog_withALeftoverLockFile_isRefused() throws Exception {
        try (LocalCluster cluster = start()) {
            takePart(cluster);
            cluster.stop("n3");
            Path raft = root.resolve("n3").resolve("raft");
            Directories.delete(raft);
            Files.createDirectories(raft);
            Files.createFile(raft.resolve("coord.lock"));
            assertMemoryLost(cluster);
        }
    }

    private static void assertMemoryLost(LocalCluster cluster) throws InterruptedException {
        PeerStartException refused = catchThrowableOfType(PeerStartException.class, () -> cluster.restart("n3"));
        assertThat(refused.reason()).isEqualTo(Reason.MEMORY_LOST);
        assertThat(refused).hasMessageContaining("log is gone").hasMessageContaining("new id");
        assertThat(cluster.coord("n1").kv().get("/k")).isPresent();
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isDirectory).toList();
        }
    }
}
