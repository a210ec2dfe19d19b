package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.CompactedException;
import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.recipes.Codec;
import dev.coord.recipes.mirror.KeyMirror;
import dev.coord.recipes.mirror.ResyncCause;
import dev.coord.recipes.mirror.ToldMirror;
import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.TestCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A mirror that falls behind what the store keeps of the past; in simulation {@code KeyMirrorSimulationTest} does that. */
@Timeout(120)
class RealKeyMirrorResyncTest extends RecipeContract {
    private static final int HISTORY = 100;

    @RegisterExtension
    static final CoordExtension cluster = CoordExtension.peers(3).historyRevisions(HISTORY);

    @Override
    protected TestCluster cluster() {
        return cluster.cluster();
    }

    @Test
    void mirrorThatFellBehindTheHistory_saysSo_andGoesOnFromTheState() throws Exception {
        CountDownLatch decoding = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Codec<String> slow = Codec.of(Value::of, value -> {
            if (value.asString().equals("slow")) {
                decoding.countDown();
                awaitUninterrupted(goOn);
            }
            return value.asString();
        });
        ToldMirror told = new ToldMirror();
        Coord other = coord(1);
        try (KeyMirror<String> mirror = KeyMirror.of(coord(0), KeyRange.prefix(path() + "/"), slow)
                .listener(told)
                .start()
                .awaitReady()) {
            mirror.awaitRevision(other.kv().put(path() + "/kept", "1"));
            long missed = other.kv().put(path() + "/a", "slow");
            decoding.await();
            other.kv().put(path() + "/gone", "1");
            compact(other, missed + 1);
            other.kv().delete(path() + "/gone");
            long last = other.kv().put(path() + "/b", "2");
            assertThat(mirror.snapshot().values()).as("meanwhile").hasSize(1);
            assertThat(mirror.awaitRevisionAsync(last)).isNotDone();
            coord(0).kv().get(path() + "/b", Consistency.atLeast(last)); // its replica has it all
            goOn.countDown();
            assertThat(mirror.awaitRevision(last).values())
                    .isEqualTo(Map.of(path() + "/kept", "1", path() + "/a", "slow", path() + "/b", "2"));
            eventually("the last is told", () -> told.hasHeard(last));
            told.check();
            assertThat(told.resyncs).containsExactly(ResyncCause.COMPACTED);
            assertThat(told.calls)
                    .startsWith("state []", "kept: - > 1", "a: - > slow")
                    .noneMatch(call -> call.startsWith("gone"));
        }
        other.kv().txn().then(Op.delete(KeyRange.prefix(path()))).commit();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes until a revision cannot be read any more at the first peer. */
    private void compact(Coord writer, long revision) {
        eventually("revision " + revision + " is compacted", () -> {
            List<CompletableFuture<Long>> writes = new ArrayList<>();
            for (int i = 0; i < HISTORY; i++) {
                writes.add(writer.kv().putAsync("/elsewhere", Value.of("" + i)));
            }
            writes.forEach(this::await);
            return await(coord(0).kv()
                    .getAsync("/elsewhere", Consistency.at(revision))
                    .handle((read, error) -> error instanceof CompactedException));
        });
    }
}
