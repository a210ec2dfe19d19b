package dev.coord.recipes.sync;

import dev.coord.Coord;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A flag that all peers share, with the operations of {@link java.util.concurrent.atomic.AtomicBoolean}. Immutable; safe
 * for use by any thread, and cheap to create.
 *
 * <p>It is the key {@code path}, which exists while the flag is true; so a flag that was never set is false, and one that is
 * false leaves nothing behind. Reads are linearizable, and each operation takes effect at one moment between its call and
 * its end. A write is one log entry; a read is none.
 *
 * <p><b>Failures</b> are those of {@link dev.coord.kv.Kv}, and {@link dev.coord.FencedException} if a {@linkplain #when
 * guard} does not hold. After an {@link dev.coord.IndeterminateException} the flag was perhaps written.
 */
public final class DistributedBoolean {
    private static final Value TRUE = Value.of("true");

    private final Cell cell;

    private DistributedBoolean(Cell cell) {
        this.cell = cell;
    }

    /**
     * Returns the flag of this name. Does not touch the store.
     *
     * @param coord the handle to use
     * @param path the flag's name and key
     * @return the flag
     * @throws IllegalArgumentException if the path is no proper key
     */
    public static DistributedBoolean on(Coord coord, String path) {
        return new DistributedBoolean(Cell.of(coord, path));
    }

    /**
     * Returns the same flag, written here only while the guards hold.
     *
     * @param guards such as that of a {@link dev.coord.recipes.FencedHandle}
     * @return the flag
     */
    public DistributedBoolean when(Guard... guards) {
        return new DistributedBoolean(cell.when(guards));
    }

    /**
     * Reads the flag.
     *
     * @return its value
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean get() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), getAsync());
    }

    /**
     * Reads the flag without waiting.
     *
     * @return its value
     */
    public CompletableFuture<Boolean> getAsync() {
        return Async.map(cell::read, Optional::isPresent);
    }

    /**
     * Writes the flag.
     *
     * @param value the new value
     * @return the value it had
     * @throws InterruptedException if interrupted while waiting; perhaps written
     */
    public boolean getAndSet(boolean value) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), getAndSetAsync(value));
    }

    /**
     * Writes the flag without waiting.
     *
     * @param value the new value
     * @return the value it had
     */
    public CompletableFuture<Boolean> getAndSetAsync(boolean value) {
        return cell.write(writing(value), DistributedBoolean::wasTrue);
    }

    /**
     * Writes the flag.
     *
     * @param value the new value
     * @throws InterruptedException if interrupted while waiting; perhaps written
     */
    public void set(boolean value) throws InterruptedException {
        boolean ignored = getAndSet(value);
    }

    /**
     * Writes the flag if it has the expected value.
     *
     * @param expected the value it should have
     * @param update the new value
     * @return false if it had the other value
     * @throws InterruptedException if interrupted while waiting; perhaps written
     */
    public boolean compareAndSet(boolean expected, boolean update) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), compareAndSetAsync(expected, update));
    }

    /**
     * Writes the flag if it has the expected value, without waiting.
     *
     * @param expected the value it should have
     * @param update the new value
     * @return false if it had the other value
     */
    public CompletableFuture<Boolean> compareAndSetAsync(boolean expected, boolean update) {
        Guard own = expected ? Guard.exists(cell.key()) : Guard.absent(cell.key());
        return Async.map(
                () -> cell.tryWrite(own, found -> found.isPresent() == expected, writing(update)), Optional::isPresent);
    }

    private Op writing(boolean value) {
        return value ? Op.put(cell.key(), TRUE) : Op.delete(cell.key());
    }

    private static boolean wasTrue(OpResult result) {
        return result instanceof OpResult.Put put
                ? put.previous().isPresent()
                : !((OpResult.Delete) result).deleted().isEmpty();
    }

    @Override
    public String toString() {
        return "DistributedBoolean(" + cell.key() + ")";
    }
}
