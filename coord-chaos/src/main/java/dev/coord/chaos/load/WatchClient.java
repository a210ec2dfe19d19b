package dev.coord.chaos.load;

import dev.coord.CoordException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeResult;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Watches everything, from the first revision to the last; goes on where it was when its watch ended. */
final class WatchClient extends Client {
    private static final Duration TTL = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(20);

    private @Nullable Handle watching;
    private @Nullable Running running;
    private long from = 1;

    WatchClient(int peer, Shared shared) {
        super("watch", peer, TTL, shared);
    }

    private final class Running implements WatchListener {
        private @Nullable Watch watch;
        private volatile boolean ended;
        private volatile long reached;

        void close() {
            if (watch != null) {
                watch.close();
            }
        }

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            counts.add("watch events", events.size());
            reached = revision;
        }

        @Override
        public void onProgress(long revision) {
            reached = revision;
        }

        @Override
        public void onResync(RangeResult state) {
            counts.add("resyncs");
            reached = state.revision();
        }

        @Override
        public void onEnd(CoordException cause) {
            counts.add("watches ended");
            ended = true;
        }
    }

    @Override
    void step(Handle own) throws InterruptedException {
        Running now = running;
        if (now == null || now.ended || watching != own) {
            restart(own);
        }
        idle(LOOK);
    }

    private void restart(Handle own) {
        Running before = running;
        if (before != null) {
            from = Math.max(from, before.reached + 1);
            before.close();
            counts.add("watches resumed");
        }
        Running next = new Running();
        running = next;
        watching = own;
        WatchSpec spec = WatchSpec.of(KeyRange.all()).from(from).withPreviousValues();
        next.watch = own.coord().watch(spec.resyncing(), next);
    }

    /** How far it has come. */
    long reached() {
        Running now = running;
        return now == null ? 0 : Math.max(now.reached, from - 1);
    }
}
