package dev.coord.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.chaos.Findings;
import dev.coord.chaos.wire.Agent;
import dev.coord.chaos.wire.DriverThreads;
import dev.coord.chaos.wire.RemoteCoord;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import dev.coord.raft.CoordPeer;
import dev.coord.raft.internal.transport.FreePorts;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.testkit.history.History;
import dev.coord.time.Ticker;
import dev.coord.watch.WatchSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A peer used through its agent, what was recorded judged; one reply changed, and it is convicted. */
class JudgeTest {
    private static final Duration GAP = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    @Test
    void history_ofARemotePeer_isRight_andConvictedOnceOneReplyIsChanged() throws Exception {
        History history = History.on(Ticker.system());
        int port = FreePorts.find();
        try (CoordPeer peer = peer();
                Agent agent = Agent.start(peer, "127.0.0.1", port, place -> {});
                DriverThreads threads = new DriverThreads()) {
            RemoteCoord remote =
                    RemoteCoord.open("n1", "127.0.0.1", port, Duration.ofSeconds(10), Duration.ofSeconds(20), threads);
            use(history.record(remote, "driver"));
        }
        assertThat(judged(history)).isEmpty();

        Path file = directory.resolve("history.jsonl");
        history.write(file);
        assertThat(judged(History.read(file))).isEmpty();
        List<String> changed = Files.readAllLines(file).stream()
                .map(line -> line.contains("\"f\":\"get\"") ? line.replace("\"text\":\"v7\"", "\"text\":\"v6\"") : line)
                .toList();
        Files.write(file, changed);
        assertThat(judged(History.read(file))).anyMatch(finding -> finding.startsWith("replay"));
    }

    private CoordPeer peer() {
        return CoordPeer.builder()
                .id("n1")
                .members("n1=127.0.0.1:" + FreePorts.find())
                .dataDirectory(directory.resolve("data"))
                .electionTimeout(Duration.ofMillis(200))
                .sessionTtl(Duration.ofSeconds(5))
                .start();
    }

    private static void use(Coord coord) throws InterruptedException {
        CountDownLatch told = new CountDownLatch(10);
        coord.watch(WatchSpec.of(KeyRange.all()).from(1).withPreviousValues(), (revision, events) -> told.countDown());
        for (int i = 0; i < 10; i++) {
            coord.kv().put("/kv/a", Value.of("v" + i));
            coord.kv().get("/kv/a");
        }
        told.await();
        Lease lease = coord.leases().grant(Duration.ofSeconds(2));
        coord.kv()
                .txn()
                .then(Op.put("/kv/b", Value.of("held")).withLease(lease.id()))
                .commit();
        assertThat(lease.isValid()).isTrue();
        assertThat(lease.validUntil().remaining()).isPositive().isLessThan(Duration.ofSeconds(2));
        lease.close();
        assertThat(coord.kv().get("/kv/b")).isEmpty();
        try (LockHandle lock = DistributedLock.on(coord, "/locks/a").acquire(Duration.ofSeconds(5))) {
            assertThat(lock.isValid()).isTrue();
        }
        coord.close();
        assertThat(coord.session().isValid()).isFalse();
    }

    private static List<String> judged(History history) {
        Findings findings = new Findings();
        new Judge(findings).judge(history, GAP);
        return findings.all();
    }
}
