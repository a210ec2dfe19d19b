package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.CoordException;
import dev.coord.kv.RangeResult;
import dev.coord.raft.testing.Eventually;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Remembers what it hears. */
class Heard implements WatchListener {
    final ConcurrentLinkedQueue<String> changes = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Long> progress = new ConcurrentLinkedQueue<>();
    volatile @Nullable RangeResult resync;
    volatile @Nullable CoordException end;

    @Override
    public void onChange(long revision, List<WatchEvent> events) {
        events.forEach(event -> changes.add(event.kind() + " " + event.key()));
    }

    @Override
    public void onProgress(long revision) {
        progress.add(revision);
    }

    @Override
    public void onResync(RangeResult state) {
        resync = state;
    }

    @Override
    public void onEnd(CoordException cause) {
        end = cause;
    }

    void await(String... expected) {
        Eventually.until(
                Duration.ofSeconds(10), () -> changes + " end " + end, () -> changes.size() >= expected.length);
        assertThat(changes).containsExactly(expected);
    }
}
