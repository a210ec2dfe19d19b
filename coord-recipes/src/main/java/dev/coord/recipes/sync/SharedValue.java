package dev.coord.recipes.sync;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.recipes.Codec;
import dev.coord.recipes.internal.Async;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * A value that all peers share and are told of, such as a setting. Immutable; safe for use by any thread, and cheap to
 * create.
 *
 * <p>It is the key {@code path}. Each write makes a new {@linkplain Versioned#version() version}, and {@link #trySet}
 * writes only over the version that its caller has seen. Observers see every version, in order.
 *
 * <p><b>Costs.</b> A write is one log entry, and so is one that misses its version; a read is none; an observation is one
 * watch.
 *
 * <p><b>Failures</b> are those of {@link dev.coord.kv.Kv}, {@link dev.coord.FencedException} if a {@linkplain #when guard}
 * does not hold, and whatever the codec throws. After an {@link dev.coord.IndeterminateException} the value was perhaps
 * written: read it. Observing goes on without a Raft leader and does not need the session.
 *
 * @param <V> the values
 */
public final class SharedValue<V> {
    private final Cell cell;
    private final Codec<V> codec;

    private SharedValue(Cell cell, Codec<V> codec) {
        this.cell = cell;
        this.codec = requireNonNull(codec, "codec");
    }

    /**
     * Returns the value of this name. Does not touch the store.
     *
     * @param <V> the values
     * @param coord the handle to use
     * @param path the value's name and key
     * @param codec of the values
     * @return the shared value
     * @throws IllegalArgumentException if the path is no proper key
     */
    public static <V> SharedValue<V> on(Coord coord, String path, Codec<V> codec) {
        return new SharedValue<>(Cell.of(coord, path), codec);
    }

    /**
     * Returns the same value, written here only while the guards hold.
     *
     * @param guards such as that of a {@link dev.coord.recipes.FencedHandle}
     * @return the shared value
     */
    public SharedValue<V> when(Guard... guards) {
        return new SharedValue<>(cell.when(guards), codec);
    }

    /**
     * Reads the value, linearizably.
     *
     * @return the value, empty if there is none
     * @throws InterruptedException if interrupted while waiting
     */
    public Optional<Versioned<V>> get() throws InterruptedException {
        return get(Consistency.linearizable());
    }

    /**
     * Reads the value.
     *
     * @param consistency what the read promises; {@link Consistency#sequential()} answers from local memory at once
     * @return the value, empty if there is none
     * @throws InterruptedException if interrupted while waiting
     */
    public Optional<Versioned<V>> get(Consistency consistency) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), getAsync(consistency));
    }

    /**
     * Reads the value without waiting.
     *
     * @param consistency what the read promises
     * @return the value, empty if there is none
     */
    public CompletableFuture<Optional<Versioned<V>>> getAsync(Consistency consistency) {
        return Async.map(
                () -> cell.coord().kv().getAsync(cell.key(), consistency),
                found -> found.map(entry -> DistributedReference.versioned(codec, entry)));
    }

    /**
     * Writes the value, whatever it is now.
     *
     * @param value the new value
     * @return its version
     * @throws InterruptedException if interrupted while waiting; perhaps written
     */
    public long set(V value) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), setAsync(value));
    }

    /**
     * Writes the value, whatever it is now, without waiting.
     *
     * @param value the new value
     * @return its version
     */
    public CompletableFuture<Long> setAsync(V value) {
        return DistributedReference.set(cell, putting(value));
    }

    /**
     * Writes the value if it still is of the version that the caller has seen.
     *
     * @param expectedVersion the version, or 0 if there should be no value
     * @param value the new value
     * @return the new version, empty if the value is of another
     * @throws InterruptedException if interrupted while waiting; perhaps written
     */
    public OptionalLong trySet(long expectedVersion, V value) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), trySetAsync(expectedVersion, value));
    }

    /**
     * Writes the value if it still is of the version that the caller has seen, without waiting.
     *
     * @param expectedVersion the version, or 0 if there should be no value
     * @param value the new value
     * @return the new version, empty if the value is of another
     */
    public CompletableFuture<OptionalLong> trySetAsync(long expectedVersion, V value) {
        return DistributedReference.trySet(cell, expectedVersion, putting(value));
    }

    /**
     * Deletes the value.
     *
     * @return true if there was one
     * @throws InterruptedException if interrupted while waiting; perhaps deleted
     */
    public boolean delete() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), deleteAsync());
    }

    /**
     * Deletes the value without waiting.
     *
     * @return true if there was one
     */
    public CompletableFuture<Boolean> deleteAsync() {
        return Async.map(
                () -> cell.tryWrite(Guard.exists(cell.key()), Optional::isPresent, Op.delete(cell.key())),
                Optional::isPresent);
    }

    /**
     * Observes the value, as this peer's replica sees it: in order, without gap, perhaps late. Does not wait.
     *
     * @param listener who is told, first of the value of the moment
     * @return the running observation; close it when done
     */
    public ValueObservation observe(ValueListener<? super V> listener) {
        return ValueObservation.start(cell, codec, requireNonNull(listener, "listener"));
    }

    private Op putting(V value) {
        return Op.put(cell.key(), codec.encode(requireNonNull(value, "value")));
    }

    @Override
    public String toString() {
        return "SharedValue(" + cell.key() + ")";
    }
}
