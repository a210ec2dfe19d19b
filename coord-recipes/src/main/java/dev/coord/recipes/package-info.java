/**
 * What the recipes share: {@link dev.coord.recipes.FencedHandle}, the shape of everything that is held exclusively.
 *
 * <p>A handle belongs to whoever has the reference, not to a thread. It can always be lost, so every handle tells how
 * long it is certain, signals its loss, and carries a token and a guard that make a late write harmless:
 *
 * <pre>{@code
 * try (LockHandle lock = DistributedLock.on(coord, "/locks/ledger").acquire(Duration.ofSeconds(5))) {
 *     ledger.append(entry, lock.fencingToken());                                          // outside Coord: fenced
 *     coord.kv().txn().when(lock.guard()).then(Op.put("/ledger/head", id)).commit();      // inside Coord: guarded
 * }
 * }</pre>
 */
@NullMarked
package dev.coord.recipes;

import org.jspecify.annotations.NullMarked;
