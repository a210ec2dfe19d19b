package dev.coord.recipes.sync;

import dev.coord.CoordException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.Codec;
import dev.coord.recipes.internal.Async;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A running observation of a {@link SharedValue}. Usable from any thread. */
public final class ValueObservation implements AutoCloseable {
    private final Cell cell;
    private final WatchListener teller;
    private volatile @Nullable Watch watch;
    private volatile boolean closed;

    private <V> ValueObservation(Cell cell, Codec<? extends V> codec, ValueListener<V> listener) {
        this.cell = cell;
        this.teller = new Teller<>(codec, listener);
    }

    static <V> ValueObservation start(Cell cell, Codec<V> codec, ValueListener<? super V> listener) {
        ValueObservation observation = new ValueObservation(cell, codec, listener);
        RangeQuery query = RangeQuery.of(KeyRange.key(cell.key()));
        Async.run(
                () -> cell.coord().kv().rangeAsync(query, Consistency.sequential()),
                (state, failure) -> Async.callBack(cell.coord(), () -> observation.begin(state, failure)));
        return observation;
    }

    private void begin(@Nullable RangeResult state, @Nullable Throwable failure) {
        if (state == null) {
            teller.onEnd(
                    failure instanceof CoordException error
                            ? error
                            : new UnavailableException(cell.key() + " cannot be read"));
            return;
        }
        try {
            ((Teller<?>) teller).tell(state);
        } finally {
            watchFrom(state.revision() + 1);
        }
    }

    private void watchFrom(long revision) {
        try {
            WatchSpec spec =
                    WatchSpec.of(KeyRange.key(cell.key())).from(revision).resyncing();
            Watch started = cell.coord().watch(spec, teller);
            watch = started;
            if (closed) {
                started.close();
            }
        } catch (CoordException e) {
            teller.onEnd(e);
        }
    }

    /**
     * Ends the observation. Does not wait; a call of the listener in progress is allowed to finish, and none follows it.
     * Safe to repeat.
     */
    @Override
    public void close() {
        closed = true;
        Watch running = watch;
        if (running != null) {
            running.close();
        }
    }

    /** Called by one thread at a time: by the first read, then by the watch. */
    private final class Teller<V> implements WatchListener {
        private final Codec<? extends V> codec;
        private final ValueListener<V> listener;

        Teller(Codec<? extends V> codec, ValueListener<V> listener) {
            this.codec = codec;
            this.listener = listener;
        }

        void tell(RangeResult state) {
            tell(state.entries().stream().findFirst(), listener::onValue);
        }

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            events.forEach(event -> tell(event.entry(), listener::onValue));
        }

        @Override
        public void onResync(RangeResult state) {
            tell(state.entries().stream().findFirst(), listener::onResync);
        }

        @Override
        public void onEnd(CoordException cause) {
            if (!closed) {
                closed = true;
                listener.onEnd(cause);
            }
        }

        private void tell(Optional<Entry> found, Consumer<Optional<Versioned<V>>> call) {
            if (closed) {
                return;
            }
            Optional<Versioned<V>> value;
            try {
                value = found.map(entry -> new Versioned<>(codec.decode(entry.value()), entry.modRevision()));
            } catch (RuntimeException e) {
                listener.onUndecodable(found.map(Entry::modRevision).orElse(0L), e);
                return;
            }
            call.accept(value);
        }
    }
}
