package dev.coord.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coord.chaos.Launch;
import dev.coord.chaos.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallDiskIT {
    @TempDir
    private Path root;

    @BeforeEach
    void setUp() {
        assumeTrue(SmallDisk.obstacle(new Machine()).isEmpty(), "no right to mount");
    }

    @Test
    void fill_leavesNoRoom_untilFreed() throws Exception {
        SmallDisk disk = SmallDisk.mount(root.resolve("small"), 4);
        try {
            assertThat(disk.fill()).isGreaterThan(3 << 20);
            assertThat(disk.usableBytes()).isLessThan(4096);
            assertThatThrownBy(() -> Files.write(root.resolve("small/file"), new byte[8192]))
                    .isInstanceOf(IOException.class);
            disk.free();
            Files.write(root.resolve("small/file"), new byte[8192]);
            disk.readOnly(true);
            assertThatThrownBy(() -> Files.write(root.resolve("small/other"), new byte[1]))
                    .isInstanceOf(IOException.class);
        } finally {
            disk.unmount();
        }
        assertThat(root.resolve("small")).isEmptyDirectory();
    }

    @Test
    void diskFull_movesThePeersDataToItsOwnDisk_andUnmountsIt() throws Exception {
        FakePeer peer = new FakePeer(1, "127.0.1.1", 1, root.resolve("n1"), new Launch());
        DiskFull fault = new DiskFull(new PeerDisks());
        fault.prepare(peer);
        try {
            assertThat(Files.getFileStore(peer.dataDirectory().getParent()).type())
                    .isEqualTo("tmpfs");
        } finally {
            fault.close();
        }
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(root.toString());
    }
}
