package dev.coord.recipes.mirror;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.recipes.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Describes a {@link KeyMirror}. Not safe for use by several threads.
 *
 * @param <V> the values
 */
public final class KeyMirrorBuilder<V> {
    final Coord coord;
    final KeyRange range;
    final Codec<V> codec;
    private final List<Consumer<KeyMirror<V>>> listeners = new ArrayList<>();
    Consistency consistency = Consistency.linearizable();
    int backlog = 1000;

    KeyMirrorBuilder(Coord coord, KeyRange range, Codec<V> codec) {
        this.coord = requireNonNull(coord, "coord");
        this.range = requireNonNull(range, "range");
        this.codec = requireNonNull(codec, "codec");
    }

    /**
     * Sets what the first read promises. With {@link Consistency#sequential()} a mirror starts at once, also without a Raft
     * leader, with what this peer has; with {@link Consistency#at} it starts in the past, and tells all that happened since.
     *
     * @param first {@link Consistency#linearizable()} if not set
     * @return this
     */
    public KeyMirrorBuilder<V> startingFrom(Consistency first) {
        consistency = requireNonNull(first, "first");
        return this;
    }

    /**
     * Sets how many revisions wait for a slow listener before they give way to one resync.
     *
     * @param revisions 1,000 if not set; positive
     * @return this
     * @throws IllegalArgumentException if it is not positive
     */
    public KeyMirrorBuilder<V> backlog(int revisions) {
        if (revisions < 1) {
            throw new IllegalArgumentException("a backlog of " + revisions + " revisions; it must be positive");
        }
        backlog = revisions;
        return this;
    }

    /**
     * Adds a listener that is told on the peer's callback threads.
     *
     * @param listener who is told, first of the first state
     * @return this
     */
    public KeyMirrorBuilder<V> listener(MirrorListener<V> listener) {
        return listener(listener, coord.callbacks());
    }

    /**
     * Adds a listener.
     *
     * @param listener who is told, first of the first state
     * @param executor as with {@link KeyMirror#listen(MirrorListener, Executor)}
     * @return this
     */
    public KeyMirrorBuilder<V> listener(MirrorListener<V> listener, Executor executor) {
        requireNonNull(listener, "listener");
        requireNonNull(executor, "executor");
        listeners.add(mirror -> mirror.listen(listener, executor));
        return this;
    }

    /**
     * Starts the mirror. Does not wait; see {@link KeyMirror#awaitReady()}.
     *
     * @return the mirror; close it when done
     */
    public KeyMirror<V> start() {
        KeyMirror<V> mirror = new KeyMirror<>(this);
        listeners.forEach(listener -> listener.accept(mirror));
        return mirror.start();
    }
}
