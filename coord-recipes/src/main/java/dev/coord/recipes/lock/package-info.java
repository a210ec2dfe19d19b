/**
 * Locks: {@link dev.coord.recipes.lock.DistributedLock}, {@link dev.coord.recipes.lock.DistributedReadWriteLock},
 * {@link dev.coord.recipes.lock.DistributedSemaphore}, and {@link dev.coord.recipes.lock.MultiLock} for several at once. All
 * are acquired in the same ways: see {@link dev.coord.recipes.lock.Acquirable}.
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
 */
@NullMarked
package dev.coord.recipes.lock;

import org.jspecify.annotations.NullMarked;
