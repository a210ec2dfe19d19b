package dev.coord.recipes.internal;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.RangeResult;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a claim waits for: the first event of any of its watches, once. Used in the claim's context only. */
final class Waiting {
    private final Coord coord;
    private final SerialContext context;
    private final Runnable woken;
    private final Consumer<CoordException> broken;
    private final List<Watch> watches = new ArrayList<>();
    private long turn;

    Waiting(Coord coord, SerialContext context, Runnable woken, Consumer<CoordException> broken) {
        this.coord = coord;
        this.context = context;
        this.woken = woken;
        this.broken = broken;
    }

    /** Waits for this, and no longer for anything else. */
    void until(WatchSpec spec) {
        stop();
        orUntil(spec);
    }

    /** Waits for this too. */
    void orUntil(WatchSpec spec) {
        watches.add(coord.watch(spec.resyncing(), new Ear(turn)));
    }

    void stop() {
        turn++;
        watches.forEach(Watch::close);
        watches.clear();
    }

    private final class Ear implements WatchListener {
        private final long mine;

        Ear(long mine) {
            this.mine = mine;
        }

        private void wake(Runnable next) {
            context.run(() -> {
                if (mine == turn) {
                    stop();
                    next.run();
                }
            });
        }

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            wake(woken);
        }

        @Override
        public void onResync(RangeResult state) {
            wake(woken);
        }

        @Override
        public void onEnd(CoordException cause) {
            wake(() -> broken.accept(cause));
        }
    }
}
