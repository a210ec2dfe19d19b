package dev.coord.recipes.sync;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.Codec;
import dev.coord.recipes.internal.Async;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * A value that all peers share, with the operations of {@link java.util.concurrent.atomic.AtomicReference} and a version
 * for each write. Immutable; safe for use by any thread, and cheap to create.
 *
 * <p>It is the key {@code path}, which is absent where the other class has null. Reads are linearizable, and each operation
 * takes effect at one moment between its call and its end. Values are compared as they are encoded, so by value and not by
 * identity; compare versions instead where a value may come back (the ABA problem): {@link #compareVersionAndSet}.
 *
 * <p><b>Costs.</b> A write is one log entry, and so is a comparison that misses; a read is none.
 *
 * <p><b>Failures</b> are those of {@link dev.coord.kv.Kv}, {@link dev.coord.FencedException} if a {@linkplain #when guard}
 * does not hold, and whatever the codec throws. After an {@link dev.coord.IndeterminateException} the value was perhaps
 * written: read it.
 *
 * @param <V> the values
 */
public final class DistributedReference<V> {
    private final Cell cell;
    private final Codec<V> codec;

    private DistributedReference(Cell cell, Codec<V> codec) {
        this.cell = cell;
        this.codec = requireNonNull(codec, "codec");
    }

    /**
     * Returns the reference of this name. Does not touch the store.
     *
     * @param <V> the values
     * @param coord the handle to use
     * @param path the reference's name and key
     * @param codec of the values
     * @return the reference
     * @throws IllegalArgumentException if the path is no proper key
     */
    public static <V> DistributedReference<V> on(Coord coord, String path, Codec<V> codec) {
        return new DistributedReference<>(Cell.of(coord, path), codec);
    }

    /**
     * Returns the same reference, written here only while the guards hold.
     *
     * @param guards such as that of a {@link dev.coord.recipes.FencedHandle}
     * @return the reference
     */
    public DistributedReference<V> when(Guard... guards) {
        return new DistributedReference<>(cell.when(guards), codec);
    }

    /**
     * Reads the value with its version.
     *
     * @return the value, empty if there is none
     * @throws InterruptedException if interrupted while waiting
     */
    public Optional<Versioned<V>> get() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), getAsync());
    }

    /**
     * Reads the value with its version, without waiting.
     *
     * @return the value, empty if there is none
     */
    public CompletableFuture<Optional<Versioned<V>>> getAsync() {
        return Async.map(cell::read, found -> found.map(entry -> versioned(codec, entry)));
    }

    /**
     * Writes the value.
     *
     * @param value the new value
     * @return what it replaced, empty if there was none
     * @throws InterruptedException if interrupted while waiting; perhaps written
     */
    public Optional<V> getAndSet(V value) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), getAndSetAsync(value));
    }

    /**
     * Writes the value without waiting.
     *
     * @param value the new value
     * @return what it replaced, empty if there was none
     */
    public CompletableFuture<Optional<V>> getAndSetAsync(V value) {
        return cell.write(
                putting(value), result -> ((OpResult.Put) result).previous().map(this::decode));
    }

    /**
     * Writes the value.
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
     * Writes the value without waiting.
     *
     * @param value the new value
     * @return its version
     */
    public CompletableFuture<Long> setAsync(V value) {
        return set(cell, putting(value));
    }

    /**
     * Writes the value if there is none.
     *
     * @param value the new value
     * @return false if there is one
     * @throws InterruptedException if interrupted while waiting; perhaps written
     */
    public boolean setIfAbsent(V value) throws InterruptedException {
        return compareVersionAndSet(0, value).isPresent();
    }

    /**
     * Writes the value if it is the expected one.
     *
     * @param expected what should be there
     * @param update the new value
     * @return false if it is another, or none
     * @throws InterruptedException if interrupted while waiting; perhaps written
     */
    public boolean compareAndSet(V expected, V update) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), compareAndSetAsync(expected, update));
    }

    /**
     * Writes the value if it is the expected one, without waiting.
     *
     * @param expected what should be there
     * @param update the new value
     * @return false if it is another, or none
     */
    public CompletableFuture<Boolean> compareAndSetAsync(V expected, V update) {
        Value old = codec.encode(requireNonNull(expected, "expected"));
        return Async.map(
                () -> cell.tryWrite(
                        Guard.valueIs(cell.key(), old),
                        found ->
                                found.filter(entry -> entry.value().equals(old)).isPresent(),
                        putting(update)),
                Optional::isPresent);
    }

    /**
     * Writes the value if it is of the expected version.
     *
     * @param expected a version, or 0 if there should be no value
     * @param update the new value
     * @return the new version, empty if the value is of another
     * @throws InterruptedException if interrupted while waiting; perhaps written
     */
    public OptionalLong compareVersionAndSet(long expected, V update) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), compareVersionAndSetAsync(expected, update));
    }

    /**
     * Writes the value if it is of the expected version, without waiting.
     *
     * @param expected a version, or 0 if there should be no value
     * @param update the new value
     * @return the new version, empty if the value is of another
     */
    public CompletableFuture<OptionalLong> compareVersionAndSetAsync(long expected, V update) {
        return trySet(cell, expected, putting(update));
    }

    /**
     * Deletes the value.
     *
     * @return what it was, empty if there was none
     * @throws InterruptedException if interrupted while waiting; perhaps deleted
     */
    public Optional<V> delete() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), deleteAsync());
    }

    /**
     * Deletes the value without waiting.
     *
     * @return what it was, empty if there was none
     */
    public CompletableFuture<Optional<V>> deleteAsync() {
        return cell.write(
                Op.delete(cell.key()),
                result -> ((OpResult.Delete) result)
                        .deleted().stream().findFirst().map(this::decode));
    }

    private Op putting(V value) {
        return Op.put(cell.key(), codec.encode(requireNonNull(value, "value")));
    }

    private V decode(Entry entry) {
        return codec.decode(entry.value());
    }

    static <V> Versioned<V> versioned(Codec<V> codec, Entry entry) {
        return new Versioned<>(codec.decode(entry.value()), entry.modRevision());
    }

    static CompletableFuture<Long> set(Cell cell, Op put) {
        return Async.map(() -> cell.commit(List.of(), put), result -> {
            if (!result.succeeded()) {
                throw cell.fenced();
            }
            return result.revision();
        });
    }

    static CompletableFuture<OptionalLong> trySet(Cell cell, long expected, Op op) {
        if (expected < 0) {
            throw new IllegalArgumentException("negative version " + expected + "; 0 stands for no value");
        }
        return Async.map(
                () -> cell.tryWrite(
                        Guard.modRevisionIs(cell.key(), expected),
                        found -> found.map(Entry::modRevision).orElse(0L) == expected,
                        op),
                written ->
                        written.map(TxnResult::revision).map(OptionalLong::of).orElseGet(OptionalLong::empty));
    }

    @Override
    public String toString() {
        return "DistributedReference(" + cell.key() + ")";
    }
}
