package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Value;
import dev.coord.raft.PeerStatus.State;
import dev.coord.raft.testing.Eventually;
import dev.coord.raft.testing.Tmpfs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills up under a running peer. */
@Timeout(120)
class DiskIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path root;

    private final Map<String, Integer> acknowledged = new TreeMap<>();
    private int number;
    private int acks;

    @Test
    void diskFull_followerThenLeader_failsVisibly_losesNothing_andRecoversByItself() throws Exception {
        try (Tmpfs n1 = Tmpfs.mount(root.resolve("n1"), 110);
                Tmpfs n2 = Tmpfs.mount(root.resolve("n2"), 110);
                Tmpfs n3 = Tmpfs.mount(root.resolve("n3"), 110);
                LocalCluster cluster = LocalCluster.builder().directory(root).start()) {
            Map<String, Tmpfs> disks = Map.of("n1", n1, "n2", n2, "n3", n3);
            String leader = cluster.awaitLeader(PATIENCE);
            String follower = other(cluster, leader);
            fillAndRecover(cluster, follower, disks);
            leader = cluster.awaitLeader(PATIENCE);
            fillAndRecover(cluster, leader, disks);
            assertThat(acknowledged).hasSizeGreaterThan(20);
        }
    }

    private static String other(LocalCluster cluster, String than) {
        return cluster.ids().stream().filter(id -> !id.equals(than)).findFirst().orElseThrow();
    }

    private void fillAndRecover(LocalCluster cluster, String victim, Map<String, Tmpfs> disks) throws Exception {
        Coord healthy = cluster.peer(other(cluster, victim)).openSession(Duration.ofSeconds(10));
        write(healthy);
        Tmpfs disk = disks.get(victim);
        assertThat(disk.fill()).isGreaterThan(1 << 20);
        for (int i = 0; i < 200 && cluster.peer(victim).status().state() == State.RUNNING; i++) {
            write(healthy);
        }
        PeerStatus failed = cluster.peer(victim).status();
        System.out.println(failed);
        assertThat(failed.state()).isEqualTo(State.FAILED);
        assertThat(failed.problem()).containsIgnoringCase("disk");
        assertThat(failed.leading()).isFalse();
        int before = acks;
        for (int i = 0; i < 10; i++) {
            write(healthy);
        }
        assertThat(acks).as("the majority goes on").isEqualTo(before + 10);

        disk.free();
        Eventually.until(
                PATIENCE,
                () -> "recovery: " + cluster.peer(victim).status(),
                () -> cluster.peer(victim).status().state() == State.RUNNING);
        assertThat(cluster.peer(victim).status().problem()).isNull();
        write(healthy);
        Coord recovered = cluster.peer(victim).openSession(Duration.ofSeconds(10));
        for (Map.Entry<String, Integer> each : acknowledged.entrySet()) {
            Value value = recovered.kv().get(each.getKey()).orElseThrow().value();
            assertThat(value.toByteArray()[0]).isEqualTo(each.getValue().byteValue());
        }
        recovered.close();
    }

    /** Writes enough to use up what the log has set aside. What fails with an unknown outcome is not counted. */
    private void write(Coord coord) throws InterruptedException {
        number++;
        byte[] bytes = new byte[100_000];
        Arrays.fill(bytes, (byte) number);
        try {
            coord.kv().put("/k/" + number % 50, Value.of(bytes));
            acknowledged.put("/k/" + number % 50, number);
            acks++;
        } catch (CoordException e) {
            acknowledged.remove("/k/" + number % 50);
            System.out.println("not acknowledged: " + e.getMessage());
        }
    }
}
