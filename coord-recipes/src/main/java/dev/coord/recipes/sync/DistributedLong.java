package dev.coord.recipes.sync;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A number that all peers share, with the operations of {@link java.util.concurrent.atomic.AtomicLong}. Immutable; safe for
 * use by any thread, and cheap to create.
 *
 * <p>It is the key {@code path}, which holds the number as decimal text and counts as 0 while it is absent. The store adds
 * by itself ({@link Op.Add}), so that adding never has to be tried again, however many do. Reads are linearizable, and each
 * operation takes effect at one moment between its call and its end, once, however often it is resent underneath.
 *
 * <p><b>Costs.</b> A write is one log entry, and so is a comparison that misses, but one with 0 is two if the key is absent,
 * and one more each time that somebody deletes it or writes 0 at that moment; a read is none.
 *
 * <p><b>Failures</b> are those of {@link dev.coord.kv.Kv}: after an {@link dev.coord.IndeterminateException} it was perhaps
 * added, and to add anew may add twice. {@link dev.coord.AddRefusedException} if the sum takes more than 64 bits or the key
 * holds no number; to read that fails with {@link NotANumberException}, and so does what replaces it and is to return it, when
 * that is done. {@link dev.coord.FencedException} if a {@linkplain
 * #when guard} does not hold.
 */
public final class DistributedLong {
    private static final Value ZERO = Value.of("0");

    private final Cell cell;

    private DistributedLong(Cell cell) {
        this.cell = cell;
    }

    /**
     * Returns the number of this name. Does not touch the store.
     *
     * @param coord the handle to use
     * @param path the number's name and key
     * @return the number
     * @throws IllegalArgumentException if the path is no proper key
     */
    public static DistributedLong on(Coord coord, String path) {
        return new DistributedLong(Cell.of(coord, path));
    }

    /**
     * Returns the same number, written here only while the guards hold.
     *
     * @param guards such as that of a {@link dev.coord.recipes.FencedHandle}
     * @return the number
     */
    public DistributedLong when(Guard... guards) {
        return new DistributedLong(cell.when(guards));
    }

    /**
     * Reads the number.
     *
     * @return its value
     * @throws InterruptedException if interrupted while waiting
     */
    public long get() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), getAsync());
    }

    /**
     * Reads the number without waiting.
     *
     * @return its value
     */
    public CompletableFuture<Long> getAsync() {
        return Async.map(cell::read, DistributedLong::value);
    }

    /**
     * Adds to the number.
     *
     * @param delta what to add; may be negative
     * @return the sum
     * @throws InterruptedException if interrupted while waiting; perhaps added
     * @throws dev.coord.AddRefusedException if the sum takes more than 64 bits
     */
    public long addAndGet(long delta) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), addAndGetAsync(delta));
    }

    /**
     * Adds to the number without waiting.
     *
     * @param delta what to add; may be negative
     * @return the sum
     */
    public CompletableFuture<Long> addAndGetAsync(long delta) {
        return cell.write(Op.add(cell.key(), delta), result -> ((OpResult.Add) result).value());
    }

    /**
     * Adds one.
     *
     * @return the sum
     * @throws InterruptedException if interrupted while waiting; perhaps added
     */
    public long incrementAndGet() throws InterruptedException {
        return addAndGet(1);
    }

    /**
     * Takes one away.
     *
     * @return the difference
     * @throws InterruptedException if interrupted while waiting; perhaps done
     */
    public long decrementAndGet() throws InterruptedException {
        return addAndGet(-1);
    }

    /**
     * Adds to the number.
     *
     * @param delta what to add; may be negative
     * @return the number as it was before
     * @throws InterruptedException if interrupted while waiting; perhaps added
     */
    public long getAndAdd(long delta) throws InterruptedException {
        return addAndGet(delta) - delta;
    }

    /**
     * Writes the number.
     *
     * @param value the new value
     * @return the value it had
     * @throws InterruptedException if interrupted while waiting; perhaps written
     */
    public long getAndSet(long value) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), getAndSetAsync(value));
    }

    /**
     * Writes the number without waiting.
     *
     * @param value the new value
     * @return the value it had
     */
    public CompletableFuture<Long> getAndSetAsync(long value) {
        return cell.write(putting(value), result -> value(((OpResult.Put) result).previous()));
    }

    /**
     * Writes the number.
     *
     * @param value the new value
     * @throws InterruptedException if interrupted while waiting; perhaps written
     */
    public void set(long value) throws InterruptedException {
        Async.refuseIfInterrupted();
        long ignored = Async.await(cell.coord(), DistributedReference.set(cell, putting(value)));
    }

    /**
     * Writes the number if it has the expected value.
     *
     * @param expected the value it should have
     * @param update the new value
     * @return false if it had another
     * @throws InterruptedException if interrupted while waiting; perhaps written
     */
    public boolean compareAndSet(long expected, long update) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), compareAndSetAsync(expected, update));
    }

    /**
     * Writes the number if it has the expected value, without waiting.
     *
     * @param expected the value it should have
     * @param update the new value
     * @return false if it had another
     */
    public CompletableFuture<Boolean> compareAndSetAsync(long expected, long update) {
        if (expected == 0) {
            return compareZeroAndSet(true, update);
        }
        Value old = Value.of(Long.toString(expected));
        return Async.map(
                () -> cell.tryWrite(
                        Guard.valueIs(cell.key(), old),
                        found ->
                                found.filter(entry -> entry.value().equals(old)).isPresent(),
                        putting(update)),
                Optional::isPresent);
    }

    /** Zero is written in two ways: whenever one is missed and the other was there at that moment, that is tried. */
    private CompletableFuture<Boolean> compareZeroAndSet(boolean present, long update) {
        Guard zero = present ? Guard.valueIs(cell.key(), ZERO) : Guard.absent(cell.key());
        return Async.then(() -> cell.commit(List.of(zero), putting(update)), result -> {
            if (result.succeeded()) {
                return CompletableFuture.completedFuture(true);
            }
            Optional<Entry> found = ((OpResult.Get) result.results().get(0)).entry();
            if (found.isPresent() && !found.get().value().equals(ZERO)) {
                return CompletableFuture.completedFuture(false);
            }
            if (found.isPresent() == present) {
                throw cell.fenced();
            }
            return compareZeroAndSet(!present, update);
        });
    }

    /**
     * Deletes the key, which makes the number 0.
     *
     * @return the value it had
     * @throws InterruptedException if interrupted while waiting; perhaps deleted
     */
    public long delete() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), deleteAsync());
    }

    /**
     * Deletes the key without waiting, which makes the number 0.
     *
     * @return the value it had
     */
    public CompletableFuture<Long> deleteAsync() {
        return cell.write(
                Op.delete(cell.key()),
                result -> value(((OpResult.Delete) result).deleted().stream().findFirst()));
    }

    private Op putting(long value) {
        return Op.put(cell.key(), Long.toString(value));
    }

    private static long value(Optional<Entry> found) {
        return NotANumberException.valueOf(found);
    }

    @Override
    public String toString() {
        return "DistributedLong(" + cell.key() + ")";
    }
}
