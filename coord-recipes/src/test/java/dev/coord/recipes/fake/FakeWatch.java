package dev.coord.recipes.fake;

import dev.coord.CoordException;
import dev.coord.kv.RangeQuery;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.List;

/** Follows the replica, one call of the listener at a time. */
final class FakeWatch implements Watch {
    private final FakeCoord coord;
    private final WatchSpec spec;
    private final WatchListener listener;
    private volatile boolean closed;
    private boolean running;
    private boolean historyLost;
    private long delivered;

    FakeWatch(FakeCoord coord, WatchSpec spec, WatchListener listener) {
        this.coord = coord;
        this.spec = spec;
        this.listener = listener;
        this.delivered = spec.fromRevision() == 0 ? coord.applied() : spec.fromRevision() - 1;
    }

    synchronized void advance() {
        if (!running && !closed && (historyLost || delivered < coord.applied())) {
            running = true;
            coord.later(coord.world.delay(), this::deliver);
        }
    }

    private void deliver() {
        if (!closed && historyLost) {
            historyLost = false;
            delivered = coord.applied();
            listener.onResync(coord.world.store().read(RangeQuery.of(spec.range()), delivered));
        } else {
            deliverNext();
        }
        synchronized (this) {
            running = false;
        }
        advance();
    }

    private void deliverNext() {
        while (!closed && delivered < coord.applied()) {
            delivered++;
            List<WatchEvent> events = coord.world.store().version(delivered).events().stream()
                    .filter(this::matches)
                    .toList();
            if (!events.isEmpty()) {
                listener.onChange(delivered, events);
                return;
            }
        }
    }

    private boolean matches(WatchEvent event) {
        boolean wanted = event.kind() == WatchEvent.Kind.PUT ? spec.puts() : spec.deletes();
        return wanted && spec.range().contains(event.key());
    }

    void loseHistory() {
        historyLost = true;
        advance();
    }

    void end(CoordException cause) {
        if (!closed) {
            closed = true;
            coord.later(coord.world.delay(), () -> listener.onEnd(cause));
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public long deliveredRevision() {
        return delivered;
    }

    @Override
    public void close() {
        closed = true;
    }
}
