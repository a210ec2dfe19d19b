package dev.coord.kv;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Reads and writes of the replicated store. Safe for use by any thread.
 *
 * <p><b>Writes</b> of one handle take effect in the order they were issued, each exactly once however often it is resent
 * underneath. <b>Reads</b> are {@linkplain Consistency#linearizable() linearizable} unless another consistency is given.
 *
 * <p><b>Blocking</b> forms wait up to the timeout (10 s unless {@linkplain #withTimeout set}); {@code …Async} forms
 * return at once, and their dependents run on the peer's callback threads.
 *
 * <p><b>Failures</b> of a write: {@link dev.coord.UnavailableException} (certainly not applied),
 * {@link dev.coord.IndeterminateException} (perhaps applied), {@link dev.coord.SessionExpiredException},
 * {@link dev.coord.LeaseExpiredException}, {@link dev.coord.LimitExceededException} (see below),
 * {@link dev.coord.AddRefusedException} (an {@link Op.Add add}), {@link dev.coord.ClosedException}. Of a read:
 * {@code UnavailableException}, {@code ClosedException}, {@code LimitExceededException} if it cannot be served at once, and those
 * of its {@link Consistency}. An interrupted wait leaves
 * a write in the state of an {@code IndeterminateException}. Reads do not need the session and go on when it has expired.
 *
 * <p><b>Back-pressure.</b> A session has a bound of operations in flight: writes, and reads that cannot be served from memory at
 * once, until their caller is told. Past it they are refused, or wait if that was {@linkplain #waitingForRoom() asked for}.
 */
public interface Kv {

    /**
     * Reads a key, linearizably.
     *
     * @param key the key
     * @return its entry, empty if absent
     * @throws InterruptedException if interrupted while waiting
     */
    default Optional<Entry> get(String key) throws InterruptedException {
        return get(key, Consistency.linearizable());
    }

    /**
     * Reads a key.
     *
     * @param key the key
     * @param consistency what the read promises
     * @return its entry, empty if absent
     * @throws InterruptedException if interrupted while waiting
     */
    Optional<Entry> get(String key, Consistency consistency) throws InterruptedException;

    /**
     * Reads a key without waiting.
     *
     * @param key the key
     * @param consistency what the read promises
     * @return its entry, empty if absent
     */
    CompletableFuture<Optional<Entry>> getAsync(String key, Consistency consistency);

    /**
     * Reads a range, linearizably.
     *
     * @param query what to read
     * @return entries of one revision
     * @throws InterruptedException if interrupted while waiting
     */
    default RangeResult range(RangeQuery query) throws InterruptedException {
        return range(query, Consistency.linearizable());
    }

    /**
     * Reads a range.
     *
     * @param query what to read
     * @param consistency what the read promises
     * @return entries of one revision
     * @throws InterruptedException if interrupted while waiting
     */
    RangeResult range(RangeQuery query, Consistency consistency) throws InterruptedException;

    /**
     * Reads a range without waiting.
     *
     * @param query what to read
     * @param consistency what the read promises
     * @return entries of one revision
     */
    CompletableFuture<RangeResult> rangeAsync(RangeQuery query, Consistency consistency);

    /**
     * Starts a transaction.
     *
     * @return an empty transaction
     */
    Txn txn();

    /**
     * Writes a key.
     *
     * @param key the key
     * @param value the value
     * @return the revision of the write
     * @throws InterruptedException if interrupted while waiting
     */
    default long put(String key, Value value) throws InterruptedException {
        return txn().then(Op.put(key, value)).commit().revision();
    }

    /**
     * Writes a key with text.
     *
     * @param key the key
     * @param text the value, stored as UTF-8
     * @return the revision of the write
     * @throws InterruptedException if interrupted while waiting
     */
    default long put(String key, String text) throws InterruptedException {
        return put(key, Value.of(text));
    }

    /**
     * Writes a key without waiting.
     *
     * @param key the key
     * @param value the value
     * @return the revision of the write
     */
    default CompletableFuture<Long> putAsync(String key, Value value) {
        return map(txn().then(Op.put(key, value)).commitAsync(), TxnResult::revision);
    }

    /**
     * Deletes a key.
     *
     * @param key the key
     * @return true if it existed
     * @throws InterruptedException if interrupted while waiting
     */
    default boolean delete(String key) throws InterruptedException {
        return deletedAny(txn().then(Op.delete(key)).commit());
    }

    /**
     * Deletes a key without waiting.
     *
     * @param key the key
     * @return true if it existed
     */
    default CompletableFuture<Boolean> deleteAsync(String key) {
        return map(txn().then(Op.delete(key)).commitAsync(), Kv::deletedAny);
    }

    /**
     * Adds to the number that a key holds, as {@link Op.Add} describes: the store does it in one step.
     *
     * @param key the key
     * @param delta what to add
     * @return the sum
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.AddRefusedException if the key holds no number, or the sum takes more than 64 bits
     */
    default long add(String key, long delta) throws InterruptedException {
        return sum(txn().then(Op.add(key, delta)).commit());
    }

    /**
     * Adds to the number that a key holds without waiting.
     *
     * @param key the key
     * @param delta what to add
     * @return the sum; fails as {@link #add} does
     */
    default CompletableFuture<Long> addAsync(String key, long delta) {
        return map(txn().then(Op.add(key, delta)).commitAsync(), Kv::sum);
    }

    /**
     * Writes a key if its last write is still the expected one.
     *
     * @param key the key
     * @param expectedModRevision the revision of the last write, or 0 to create the key only if it is absent
     * @param value the value
     * @return true if it was written
     * @throws InterruptedException if interrupted while waiting
     */
    default boolean compareAndSet(String key, long expectedModRevision, Value value) throws InterruptedException {
        return txn().when(Guard.modRevisionIs(key, expectedModRevision))
                .then(Op.put(key, value))
                .commit()
                .succeeded();
    }

    /**
     * Writes a key if its last write is still the expected one, without waiting.
     *
     * @param key the key
     * @param expectedModRevision the revision of the last write, or 0 to create the key only if it is absent
     * @param value the value
     * @return true if it was written
     */
    default CompletableFuture<Boolean> compareAndSetAsync(String key, long expectedModRevision, Value value) {
        return map(
                txn().when(Guard.modRevisionIs(key, expectedModRevision))
                        .then(Op.put(key, value))
                        .commitAsync(),
                TxnResult::succeeded);
    }

    /**
     * Returns a view of the same store and session whose operations end by another timeout.
     *
     * @param timeout how long an operation may take, blocking or not; positive
     * @return the view
     */
    Kv withTimeout(Duration timeout);

    /**
     * Returns a view of the same store and session for callers who would rather wait than be refused when too many operations are
     * in flight in the session: each call, {@code …Async} ones too, waits on its own thread for room, in the order in which the
     * calls came, and up to its timeout. Then, and at once on a callback or timer thread of the peer, where what would make room may be
     * behind it, it fails with {@link dev.coord.LimitExceededException} all the same. A wait that is interrupted has issued
     * nothing.
     *
     * @return the view
     */
    Kv waitingForRoom();

    /** Like {@code thenApply}, but the future fails with the error itself, not with a wrapper. */
    private static <T> CompletableFuture<T> map(
            CompletableFuture<TxnResult> outcome, Function<TxnResult, ? extends T> part) {
        CompletableFuture<T> mapped = new CompletableFuture<>();
        outcome.whenComplete((result, error) -> {
            if (error != null) {
                mapped.completeExceptionally(error);
            } else {
                mapped.complete(part.apply(result));
            }
        });
        return mapped;
    }

    private static long sum(TxnResult result) {
        return ((OpResult.Add) result.results().get(0)).value();
    }

    private static boolean deletedAny(TxnResult result) {
        return !((OpResult.Delete) result.results().get(0)).deleted().isEmpty();
    }
}
