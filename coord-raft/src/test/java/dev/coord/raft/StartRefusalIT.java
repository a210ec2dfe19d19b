package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.coord.Coord;
import dev.coord.raft.PeerStartException.Reason;
import dev.coord.raft.internal.transport.MemoryNetwork;
import dev.coord.raft.testing.Directories;
import dev.coord.raft.testing.Eventually;
import dev.coord.raft.testing.Threads;
import dev.coord.raft.testing.Tmpfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a peer from starting is told by type, cause and remedy, and leaves nothing behind. */
@Timeout(60)
class StartRefusalIT {
    @TempDir
    Path root;

    private static final int SNAPSHOT_ENTRIES = 10;
    private static final String SNAPSHOT = "snapshot\\.[0-9_]+";

    private final PeerThreads timers = new PeerThreads("test");
    private MemoryNetwork network = new MemoryNetwork(timers.scheduler(), 1);

    @AfterEach
    void close() {
        timers.close();
    }

    private CoordPeer.Builder settings(Path directory) {
        return CoordPeer.builder()
                .id("s1")
                .members("s1=127.0.0.1:1")
                .dataDirectory(directory)
                .snapshotEntries(SNAPSHOT_ENTRIES)
                .electionTimeout(java.time.Duration.ofMillis(150));
    }

    private CoordPeer start(CoordPeer.Builder builder) {
        return builder.start((config, scheduler) -> network.transport(config.id()));
    }

    /** Lets a peer take part in the directory: entries, snapshots and a closed end. */
    private void takePart(Path directory, int writes) throws Exception {
        try (CoordPeer peer = start(settings(directory))) {
            Coord coord = peer.coord();
            for (int i = 0; i < writes; i++) {
                coord.kv().put("/k", "value " + i);
            }
            if (writes > SNAPSHOT_ENTRIES) {
                // A peer that closes gives up the one that it is writing.
                Eventually.until("a snapshot", () -> hasSnapshot(directory));
            }
        }
    }

    /** The start fails, for the reason, with words for it, and with no thread left. */
    private PeerStartException refused(CoordPeer.Builder builder, Reason reason, String... words) {
        start(settings(root.resolve("warm-up"))).close();
        Threads threads = Threads.now();
        PeerStartException error = catchThrowableOfType(
                PeerStartException.class, () -> start(builder).close());
        assertThat(error).as("the start is refused").isNotNull();
        System.out.println(error.reason() + ": " + error.getMessage());
        assertThat(error.reason()).as(error.getMessage()).isEqualTo(reason);
        assertThat(error.getMessage()).contains(words);
        threads.assertNoneLeft();
        return error;
    }

    private void assertStartsAgain(Path directory, String value) throws Exception {
        try (CoordPeer peer = start(settings(directory))) {
            assertThat(peer.coord().kv().get("/k").orElseThrow().text()).isEqualTo(value);
        }
    }

    private static boolean hasSnapshot(Path directory) throws IOException {
        try {
            return !files(directory, SNAPSHOT).isEmpty();
        } catch (UncheckedIOException e) {
            return false; // One that is being written was renamed while it was looked at.
        }
    }

    private static Path onlyFile(Path directory, String name) throws IOException {
        // Numbers at the end grow: the longer name is the later file.
        return files(directory, name).stream()
                .max(Comparator.<Path>comparingInt(
                                file -> file.getFileName().toString().length())
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow(() -> new AssertionError("no " + name + " in " + directory));
    }

    private static List<Path> files(Path directory, String name) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(file -> file.getFileName().toString().matches(name))
                    .toList();
        }
    }

    @Test
    void logTail_flippedByte_isRefusedAndUnchanged() throws Exception {
        Path directory = root.resolve("d");
        takePart(directory, 5);
        Path log = onlyFile(directory, "log_.*");
        byte[] bytes = Files.readAllBytes(log);
        int last = bytes.length - 1;
        while (bytes[last] == 0) {
            last--;
        }
        byte[] flipped = bytes.clone();
        flipped[last - 6] ^= 0x20;
        Files.write(log, flipped);
        refused(settings(directory), Reason.LOG_CORRUPT, directory.toString(), "damaged", "new id");
        assertThat(Files.readAllBytes(log)).isEqualTo(flipped);
        Files.write(log, bytes);
        assertStartsAgain(directory, "value 4");
    }

    @Test
    void snapshot_truncated_isRefusedAndUnchanged() throws Exception {
        Path directory = root.resolve("d");
        takePart(directory, 40);
        Path snapshot = onlyFile(directory, SNAPSHOT);
        byte[] bytes = Files.readAllBytes(snapshot);
        Files.write(snapshot, Arrays.copyOf(bytes, bytes.length / 2));
        refused(settings(directory), Reason.SNAPSHOT_CORRUPT, directory.toString(), "snapshot", "new id");
        Files.write(snapshot, bytes);
        assertStartsAgain(directory, "value 39");
    }

    @Test
    void directory_ofAnotherPeerOrCluster_isRefused() throws Exception {
        Path directory = root.resolve("d");
        takePart(directory, 1);
        refused(
                settings(directory).id("s2").members("s2=127.0.0.1:1"),
                Reason.DIRECTORY_OF_ANOTHER_PEER,
                "s1",
                "s2",
                "its own directory");
        refused(settings(directory).cluster("other"), Reason.DIRECTORY_OF_ANOTHER_PEER, "other", "its own directory");
        assertStartsAgain(directory, "value 0");
    }

    @Test
    void directory_inUseByARunningPeer_isRefused_andTheOtherGoesOn() throws Exception {
        Path directory = root.resolve("d");
        try (CoordPeer first = start(settings(directory))) {
            first.coord().kv().put("/k", "1");
            network = new MemoryNetwork(timers.scheduler(), 2);
            refused(
                    settings(directory),
                    Reason.DIRECTORY_IN_USE,
                    directory.toString(),
                    "in use",
                    "directory of its own");
            first.coord().kv().put("/k", "2");
        }
        assertStartsAgain(directory, "2");
    }

    @Test
    void directory_isAFile_isRefused() throws Exception {
        Path file = Files.writeString(root.resolve("file"), "no directory");
        refused(settings(file), Reason.DIRECTORY_UNUSABLE, file.toString(), "check");
    }

    @Test
    void fileSystem_readOnly_isRefused() throws Exception {
        try (Tmpfs disk = Tmpfs.mount(root.resolve("ro"), 90)) {
            Path directory = disk.path().resolve("d");
            takePart(directory, 3);
            disk.readOnly();
            refused(settings(directory), Reason.DIRECTORY_UNUSABLE, directory.toString(), "ead-only");
            refused(settings(disk.path().resolve("new")), Reason.DIRECTORY_UNUSABLE, "new", "ead-only");
        }
    }

    @Test
    void fileSystem_full_isRefused_andUsableLater() throws Exception {
        try (Tmpfs disk = Tmpfs.mount(root.resolve("full"), 90)) {
            Path directory = disk.path().resolve("d");
            takePart(directory, 3);
            assertThat(disk.fill()).isGreaterThan(10 << 20);
            refused(settings(directory), Reason.DIRECTORY_UNUSABLE, directory.toString(), "ro");
            refused(settings(disk.path().resolve("new")), Reason.DIRECTORY_UNUSABLE, "new", "space");
            disk.free();
            assertStartsAgain(directory, "value 2");
        }
    }

    @Test
    void port_inUse_isRefused_andUsableLater() throws Exception {
        Path directory = root.resolve("d");
        CoordPeer.Builder builder;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            builder = settings(directory).members("s1=127.0.0.1:" + taken.getLocalPort());
            start(settings(root.resolve("warm-up"))).close();
            Threads threads = Threads.now();
            PeerStartException error = catchThrowableOfType(
                    PeerStartException.class, () -> builder.start().close());
            assertThat(error).isNotNull();
            assertThat(error.reason()).isEqualTo(Reason.PORT_IN_USE);
            assertThat(error.getMessage()).contains(String.valueOf(taken.getLocalPort()), "stop what uses the port");
            threads.assertNoneLeft();
        }
        try (CoordPeer peer = builder.start()) {
            peer.coord().kv().put("/k", "1");
        }
        builder.start().close();
    }

    @Test
    void emptiedDirectory_ofAPeerThatTookPart_isRefused_withMemoryLost() throws Exception {
        try (LocalCluster cluster =
                LocalCluster.builder().directory(root.resolve("c")).start()) {
            for (String id : cluster.ids()) {
                cluster.coord(id).kv().put("/from/" + id, "1");
            }
            Eventually.until(
                    "all registered",
                    () -> cluster.ids().stream()
                            .allMatch(
                                    id -> cluster.peer(id).core().view().peers().size() == 3));
            for (String emptied : List.of("", "raft")) {
                cluster.kill("n3");
                Path directory = cluster.directory("n3").resolve(emptied);
                Path aside = root.resolve("aside" + emptied);
                Files.move(directory, aside);
                Files.createDirectories(directory);
                Threads threads = Threads.now();
                PeerStartException error = catchThrowableOfType(PeerStartException.class, () -> cluster.restart("n3"));
                assertThat(error).as("emptied '" + emptied + "'").isNotNull();
                assertThat(error.reason()).as(error.getMessage()).isEqualTo(Reason.MEMORY_LOST);
                assertThat(error.getMessage()).contains("n3", "new id");
                threads.assertNoneLeft(name -> name.startsWith("coord-n3") || name.startsWith("n3"));
                cluster.coord("n1").kv().put("/goes", "on");
                Directories.delete(cluster.directory("n3").resolve(emptied));
                Files.move(aside, directory);
                cluster.restart("n3");
                assertThat(cluster.coord("n3").kv().get("/goes")).isPresent();
            }
        }
    }
}
