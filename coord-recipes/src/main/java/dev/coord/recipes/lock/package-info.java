/**
 * The exclusive lock: {@link dev.coord.recipes.lock.DistributedLock}.
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
 */
@NullMarked
package dev.coord.recipes.lock;

import org.jspecify.annotations.NullMarked;
