/**
 * Synchronisers and shared values: {@link dev.coord.recipes.sync.Barrier}, {@link dev.coord.recipes.sync.DoubleBarrier},
 * {@link dev.coord.recipes.sync.CyclicBarrier}, {@link dev.coord.recipes.sync.CountDownLatch},
 * {@link dev.coord.recipes.sync.DistributedLong}, {@link dev.coord.recipes.sync.DistributedBoolean},
 * {@link dev.coord.recipes.sync.DistributedReference}, {@link dev.coord.recipes.sync.SharedValue},
 * {@link dev.coord.recipes.sync.IdGenerator}.
 *
 * <pre>{@code
 * CountDownLatch ready = CountDownLatch.on(coord, "/latches/warm-up");
 * ready.trySetCount(3);
 * ready.countDown();
 * boolean all = ready.await(Duration.ofSeconds(30));
 * }</pre>
 *
 * <p>Where a write must not come late, give it a guard, as in {@code rate.when(lock.guard()).set("250")}: then it is made
 * only while the lock is held, whatever the clocks say, and fails with {@link dev.coord.FencedException} otherwise.
 */
@NullMarked
package dev.coord.recipes.sync;

import org.jspecify.annotations.NullMarked;
