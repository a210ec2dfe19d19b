package dev.coord.recipes.sync;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.LimitExceededException;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.TxnResult;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.SerialContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that no other process, and no other run of this one, is given: 1 and up. Safe for use by any thread; keep one for
 * each process, as each has its own block of numbers.
 *
 * <p><b>What it promises.</b> No number is given twice, whatever crashes or is resent. The numbers of one generator grow.
 * Those of several are not in the order of the calls, and some are never given: what is left of a block when its process
 * ends, and the block of a request whose answer was lost.
 *
 * <p><b>Costs.</b> One log entry for a block of numbers, by an add of the store; the others cost nothing and do not wait. One
 * request is on its way at a time, which all who wait share; if more wait than a block has, it asks for as many.
 *
 * <p>It is the key {@code path}, which holds the last number of the last block. Keep it, or numbers are given anew.
 *
 * <p><b>Failures</b> are those of {@link dev.coord.kv.Kv}, {@link dev.coord.AddRefusedException} when all 64-bit numbers are
 * used up or the key holds no number, {@link dev.coord.FencedException} if a {@linkplain #when guard} does not hold, and {@link
 * LimitExceededException} if more than 100,000 wait. To ask again is safe after any: at worst some numbers are left out.
 */
public final class IdGenerator {
    /** The largest block. */
    public static final int MAX_BLOCK = 1_000_000;

    private static final int MOST_WAITING = 100_000;

    private final Cell cell;
    private final int block;
    private final SerialContext context = new SerialContext(this::failAll);

    // The rest is touched in the context only.
    private final Deque<CompletableFuture<Long>> waiting = new ArrayDeque<>();
    private boolean asking;
    private long next = 1;
    private long last;

    private IdGenerator(Cell cell, int block) {
        this.cell = cell;
        this.block = block;
    }

    /**
     * Returns a generator of this name, which takes numbers in blocks. Does not touch the store.
     *
     * @param coord the handle to use
     * @param path the generator's name and key, such as {@code /ids/orders}
     * @param block how many numbers to take at a time, 1 to {@value #MAX_BLOCK}: so many are left out at most when the
     *     process ends
     * @return the generator
     * @throws IllegalArgumentException if the path is no proper key, or the block is out of bounds
     */
    public static IdGenerator on(Coord coord, String path, int block) {
        if (block < 1 || block > MAX_BLOCK) {
            throw new IllegalArgumentException("blocks of " + block + "; they have 1 to " + MAX_BLOCK);
        }
        return new IdGenerator(Cell.of(coord, path), block);
    }

    /**
     * Returns another generator of the same name, which takes blocks only while the guards hold. Numbers of a block that it
     * has are given without asking.
     *
     * @param guards such as that of a {@link dev.coord.recipes.FencedHandle}
     * @return the generator, without a block
     */
    public IdGenerator when(Guard... guards) {
        return new IdGenerator(cell.when(guards), block);
    }

    /**
     * Gives a number, at once unless a block must be asked for.
     *
     * @return the number, positive
     * @throws InterruptedException if interrupted while waiting; perhaps a number is left out
     */
    public long next() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(cell.coord(), nextAsync());
    }

    /**
     * Gives a number without waiting.
     *
     * @return the number, positive
     */
    public CompletableFuture<Long> nextAsync() {
        CompletableFuture<Long> result = new CompletableFuture<>();
        context.run(() -> {
            if (waiting.isEmpty() && next <= last) {
                result.complete(next++);
            } else if (waiting.size() >= MOST_WAITING) {
                result.completeExceptionally(
                        new LimitExceededException("more than " + MOST_WAITING + " wait for ids of " + cell.key()));
            } else {
                waiting.add(result);
                ask();
            }
        });
        return result;
    }

    private void ask() {
        if (asking || waiting.isEmpty()) {
            return;
        }
        asking = true;
        int size = Math.max(block, waiting.size());
        Async.run(
                () -> cell.commit(List.of(), Op.add(cell.key(), size)),
                (result, failure) -> context.run(() -> {
                    asking = false;
                    if (result == null) {
                        failAll(requireNonNull(failure));
                    } else {
                        answered(result, size);
                    }
                }));
    }

    private void answered(TxnResult result, int size) {
        if (!result.succeeded()) {
            failAll(cell.fenced());
            return;
        }
        last = ((OpResult.Add) result.results().get(0)).value();
        next = last - size + 1;
        @Nullable CompletableFuture<Long> first;
        while (next <= last && (first = waiting.poll()) != null) {
            CompletableFuture<Long> served = first;
            long id = next++;
            Async.callBack(cell.coord(), () -> served.complete(id));
        }
        ask();
    }

    private void failAll(Throwable failure) {
        List<CompletableFuture<Long>> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(result -> Async.callBack(cell.coord(), () -> result.completeExceptionally(failure)));
    }

    @Override
    public String toString() {
        return "IdGenerator(" + cell.key() + ")";
    }
}
