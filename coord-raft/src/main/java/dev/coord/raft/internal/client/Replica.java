package dev.coord.raft.internal.client;

import dev.coord.CoordException;
import dev.coord.raft.internal.codec.CodecException;
import dev.coord.raft.internal.codec.CommandCodec;
import dev.coord.raft.internal.codec.SnapshotCodec;
import dev.coord.raft.internal.store.Context;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.store.Store;
import dev.coord.raft.internal.store.View;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * This peer's copy of the store, as its readers see it: the view after the latest entry applied. It outlives the Raft
 * node that feeds it: when that is opened anew and replays its log, the view stands still until the replay has passed it,
 * so no reader ever goes backwards.
 */
final class Replica {

    /** Told after the view moved on. Called on the apply thread: must be brief and must not run foreign code. */
    interface Listener {
        /** Entries up to the view were applied, with these effects; none when a snapshot was installed. */
        void advanced(View view, List<Effect> effects);

        /** Leadership, term or health changed. */
        default void statusChanged() {}
    }

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Arrivals indexes = new Arrivals(View::index);
    private final Arrivals revisions = new Arrivals(View::revision);
    private volatile View view = Store.emptyView();

    View view() {
        return view;
    }

    void addListener(Listener listener) {
        listeners.add(listener);
    }

    /** Completes once the view has reached the log index; dependents run on the apply thread and must be brief. */
    CompletableFuture<Void> awaitIndex(long index) {
        return indexes.await(index);
    }

    /** Completes once the view has reached the revision; dependents run on the apply thread and must be brief. */
    CompletableFuture<Void> awaitRevision(long revision) {
        return revisions.await(revision);
    }

    /** Fails those who wait and will wait, when the peer closes. */
    void close(CoordException error) {
        indexes.close(error);
        revisions.close(error);
    }

    /** A state machine for a Raft node about to be opened; it starts empty and replaces its predecessor. */
    StateMachine feed() {
        return new Feed();
    }

    private void publish(View next, List<Effect> effects) {
        if (next.index() >= view.index()) {
            view = next;
            for (Listener listener : listeners) {
                listener.advanced(next, effects);
            }
            indexes.reached();
            revisions.reached();
        }
    }

    /** Those who wait for the view to reach a number. */
    private final class Arrivals {
        private final ToLongFunction<View> number;
        private final ConcurrentNavigableMap<Long, CompletableFuture<Void>> waiting = new ConcurrentSkipListMap<>();
        private volatile @Nullable CoordException closedWith;

        Arrivals(ToLongFunction<View> number) {
            this.number = number;
        }

        CompletableFuture<Void> await(long target) {
            if (number.applyAsLong(view) >= target) {
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<Void> arrival = waiting.computeIfAbsent(target, key -> new CompletableFuture<>());
            CoordException error = closedWith;
            if (number.applyAsLong(view) >= target) {
                arrival.complete(null);
                waiting.remove(target, arrival);
            } else if (error != null) {
                arrival.completeExceptionally(error);
            }
            return arrival;
        }

        void close(CoordException error) {
            closedWith = error;
            waiting.values().forEach(arrival -> arrival.completeExceptionally(error));
        }

        void reached() {
            long reached = number.applyAsLong(view);
            Map.Entry<Long, CompletableFuture<Void>> first;
            while ((first = waiting.firstEntry()) != null && first.getKey() <= reached) {
                waiting.remove(first.getKey(), first.getValue());
                first.getValue().complete(null);
            }
        }
    }

    /** What one Raft node drives. */
    private final class Feed implements StateMachine {
        private Store store = new Store();

        @Override
        public void apply(long term, long index, byte[] entry) {
            List<Effect> effects = store.apply(new Context(term, index), CommandCodec.decode(entry));
            publish(store.view(), effects);
        }

        @Override
        public void skip(long term, long index) {
            if (index > store.view().index()) {
                store.skip(new Context(term, index));
                publish(store.view(), List.of());
            }
        }

        @Override
        public Image image() {
            return new ViewImage(store.view());
        }

        @Override
        public Image restore(InputStream in) throws IOException {
            try {
                store = new Store(SnapshotCodec.read(in));
            } catch (CodecException e) {
                throw new IOException(e.getMessage(), e);
            }
            publish(store.view(), List.of());
            return image();
        }

        @Override
        public void statusChanged() {
            listeners.forEach(Listener::statusChanged);
        }
    }

    private record ViewImage(View view) implements StateMachine.Image {
        @Override
        public long term() {
            return view.term();
        }

        @Override
        public long index() {
            return view.index();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            SnapshotCodec.write(view, out);
        }
    }
}
