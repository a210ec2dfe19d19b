/**
 * The exclusive lock: {@link dev.coord.recipes.lock.DistributedLock}; held again by its owner:
 * {@link dev.coord.recipes.lock.ReentrantDistributedLock}; who waits for whom: {@link dev.coord.recipes.lock.WaitGraph}.
 *
 * <pre>{@code
 * DistributedLock lock = DistributedLock.on(coord, "/locks/ledger");
 * Optional<LockHandle> held = lock.tryAcquire(Duration.ofSeconds(2));
 * if (held.isPresent()) {
 *     try (LockHandle handle = held.get()) {
 *         coord.kv().txn().when(handle.guard()).then(Op.put("/ledger/head", id)).commit();
 *     }
 * }
 * }</pre>
 *
 * <p>On behalf of an owner, who may take several in any order and is told if that goes wrong:
 *
 * <pre>{@code
 * ReentrantDistributedLock accounts = ReentrantDistributedLock.of(
 *         DistributedLock.on(coord, "/locks/accounts").detectingDeadlocks("/locks/"));
 * try (ReentrantLockHandle handle = accounts.acquire("transfer-17")) {
 *     book(accounts); // acquires it again for transfer-17
 * } catch (DeadlockException e) {
 *     retryLater(e.owners());
 * }
 * }</pre>
 */
@NullMarked
package dev.coord.recipes.lock;

import org.jspecify.annotations.NullMarked;
