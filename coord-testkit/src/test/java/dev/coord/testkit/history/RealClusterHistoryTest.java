package dev.coord.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.TestCluster;
import dev.coord.watch.WatchSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Real peers, used by several threads at once while the leader is cut off: the recorded history holds. */
class RealClusterHistoryTest {
    private static final int THREADS = 4;
    private static final int OPERATIONS = 400;
    private static final List<String> KEYS = List.of("/h/a", "/h/b", "/h/c");

    @RegisterExtension
    final CoordExtension coord = CoordExtension.peers(3);

    @TempDir
    Path directory;

    @Test
    void history_ofManyThreadsThroughALeaderChange_holds(TestCluster cluster) throws Exception {
        History history = History.on(cluster.ticker());
        Coord watcher = history.record(cluster.open("n2", Duration.ofSeconds(30)), "watcher");
        watcher.watch(WatchSpec.of(KeyRange.prefix("/h/")).withPreviousValues(), (revision, events) -> {});
        CountDownLatch half = new CountDownLatch(THREADS * OPERATIONS / 2);
        List<CompletableFuture<Void>> users = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Coord handle = cluster.open("n" + (1 + i % 3), Duration.ofSeconds(30));
            Coord recorded = history.record(handle, "user-" + i);
            SplittableRandom random = new SplittableRandom(i);
            users.add(CompletableFuture.runAsync(
                    () -> use(recorded.kv(), random, half), task -> new Thread(task).start()));
        }
        half.await();
        String leader = cluster.leader().orElseThrow();
        history.fault("isolate " + leader);
        cluster.faults().isolate(leader);
        cluster.runUntil(() -> cluster.leader().filter(id -> !id.equals(leader)).isPresent());
        cluster.faults().heal();
        history.fault("heal");
        users.forEach(cluster::await);

        history.assertAll(Duration.ofSeconds(10));
        Path file = directory.resolve("history.jsonl");
        history.write(file);
        History.read(file).assertAll(Duration.ofSeconds(10));
        assertThat(watcher.kv().get(KEYS.get(0))).isPresent();
    }

    private static void use(Kv kv, SplittableRandom random, CountDownLatch half) {
        for (int i = 0; i < OPERATIONS; i++) {
            try {
                operate(kv.withTimeout(Duration.ofSeconds(1)), random);
            } catch (CoordException e) {
                // What became of it is for the history to say.
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            half.countDown();
        }
    }

    private static void operate(Kv kv, SplittableRandom random) throws InterruptedException {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        Value value = Value.of(Long.toString(random.nextLong()));
        switch (random.nextInt(7)) {
            case 0, 1 -> kv.put(key, value);
            case 2 -> kv.delete(key);
            case 3 -> kv.get(key);
            case 4 -> kv.get(key, Consistency.sequential());
            case 5 -> kv.range(RangeQuery.of(KeyRange.prefix("/h/")));
            default ->
                kv.txn()
                        .when(Guard.exists(key))
                        .then(Op.put(key, value), Op.get(KEYS.get(0)))
                        .otherwise(Op.put(key, value))
                        .commit();
        }
    }
}
