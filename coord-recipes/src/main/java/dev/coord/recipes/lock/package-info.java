/**
 * Locks: {@link dev.coord.recipes.lock.DistributedLock}, {@link dev.coord.recipes.lock.DistributedReadWriteLock},
 * {@link dev.coord.recipes.lock.DistributedSemaphore}, and {@link dev.coord.recipes.lock.MultiLock} for several at once. All
 * are acquired in the same ways: see {@link dev.coord.recipes.lock.Acquirable}.
 * A lock that its owner can take again is {@link dev.coord.recipes.lock.ReentrantDistributedLock}; who waits for whom is told by
 * {@link dev.coord.recipes.lock.WaitGraph}.
 *
 * <pre>{@code
 * DistributedLock lock = DistributedLock.on(coord, "/locks/ledger");
 * Optional<LockHandle> held = lock.tryAcquire(Duration.ofSeconds(2));
 * if (held.isPresent()) {
 *     try (LockHandle handle = held.get()) {
 *         coord.kv().txn().when(handle.guard()).then(Op.put("/ledger/head", id)).commit();
 *     }
 * }
 *
 * WriteLockHandle writer = DistributedReadWriteLock.on(coord, "/locks/catalogue").writeLock().acquire();
 * catalogue.replace(pages, writer.fencingToken());
 * try (ReadLockHandle reader = writer.downgrade()) { // nobody writes in between
 *     index.build(catalogue);
 * }
 *
 * try (SemaphoreHandle permits = DistributedSemaphore.on(coord, "/limits/imports", 10).withPermits(3).acquire()) {
 *     importer.run(permits.permits());
 * }
 *
 * try (MultiLockHandle both = MultiLock.of(coord, "/locks/account-1", "/locks/account-2").acquire()) {
 *     coord.kv().txn().when(both.guard()).then(transfer).commit();
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
