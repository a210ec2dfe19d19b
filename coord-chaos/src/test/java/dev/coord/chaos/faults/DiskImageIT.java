package dev.coord.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coord.chaos.Machine;
import dev.coord.chaos.faults.DiskImage.Loss;
import dev.coord.chaos.faults.DiskImage.Names;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the preloaded library notes of a real JVM, and what is left of it when power is lost. */
class DiskImageIT {
    @TempDir
    private Path root;

    private Path data = Path.of("");

    @BeforeEach
    void setUp() throws IOException {
        assumeTrue(PreloadedLibrary.DISK.obstacle(new Machine()).isEmpty(), "no C compiler");
        data = Files.createDirectory(root.resolve("data"));
    }

    private PeerDisk disk() throws IOException {
        return PeerDisk.open(root.resolve("control"));
    }

    private String run(PeerDisk disk, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FileWriter.class.getName(),
                data.toString());
        builder.command().addAll(java.util.List.of(arguments));
        builder.environment().putAll(disk.environment(data, "127.0.9.1"));
        builder.environment().putAll(disk.journalled());
        builder.environment().put("LD_PRELOAD", PreloadedLibrary.DISK.file().toString());
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private DiskImage afterRun(Names rule, PeerDisk disk, String... arguments) throws Exception {
        DiskImage image = DiskImage.of(data, rule);
        run(disk, arguments);
        image.replay(disk.journal());
        return image;
    }

    private static Map<Path, String> files(Path directory) throws IOException {
        Map<Path, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                found.put(path, Files.readString(path, StandardCharsets.ISO_8859_1));
            }
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void journal_ofEveryKindOfCall_tellsAllThatIsThere(long seed) throws Exception {
        DiskImage image = afterRun(Names.STRICT, disk(), "everything", Long.toString(seed));
        Map<Path, byte[]> told = image.live();
        Map<Path, String> there = files(data);
        assertThat(told.keySet()).isNotEmpty().isEqualTo(there.keySet());
        told.forEach((path, bytes) -> assertThat(bytes)
                .as(path.toString())
                .isEqualTo(String.valueOf(there.get(path)).getBytes(StandardCharsets.ISO_8859_1)));
    }

    @ParameterizedTest
    @EnumSource(Names.class)
    void powerLoss_dropsWhatWasNotSynced(Names rule) throws Exception {
        PeerDisk disk = disk();
        Loss loss = afterRun(rule, disk, "synced-and-not").losePower(false, new Random(1));
        assertThat(files(data)).isEqualTo(Map.of(data.resolve("log"), "durable,"));
        assertThat(loss).isEqualTo(new Loss(5, 1));
        assertThat(disk.seen(Call.SYNC)).isEqualTo(2);
    }

    @Test
    void powerLoss_keepsTheOldNameUntilItsDirectoryIsSynced() throws Exception {
        afterRun(Names.JOURNALLED, disk(), "renamed").losePower(false, new Random(1));
        assertThat(files(data)).containsEntry(data.resolve("meta"), "old");
    }

    @Test
    void powerLoss_dropsWhatAFailedSyncWasToWrite_evenIfALaterOneSucceeds() throws Exception {
        PeerDisk disk = disk();
        DiskImage image = DiskImage.of(data, Names.JOURNALLED);
        disk.fail(Call.SYNC, Errno.EIO, 1, 1);
        assertThat(run(disk, "failed-sync")).contains("Input/output error");
        assertThat(disk.failed()).isEqualTo(1);
        image.replay(disk.journal());
        assertThat(files(data)).containsEntry(data.resolve("log"), "one,two,");
        image.losePower(false, new Random(1));
        assertThat(files(data)).containsEntry(data.resolve("log"), "\0\0\0\0two,");
    }

    @Test
    void call_thatIsToKill_kills() throws Exception {
        PeerDisk disk = disk();
        disk.fail(Call.NAME, Errno.KILLED, 1, 1);
        Process killed = null;
        try {
            run(disk, "renamed");
        } catch (AssertionError e) {
            assertThat(e).hasMessageContaining("137");
            killed = new ProcessBuilder("true").start();
        }
        assertThat(killed).as("the process was killed").isNotNull();
        assertThat(files(data).values()).containsExactlyInAnyOrder("old", "new");
    }
}
