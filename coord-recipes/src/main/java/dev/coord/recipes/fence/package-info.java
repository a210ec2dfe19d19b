/**
 * Fencing outside Coord: what a resource uses to refuse the late write of whoever held a lock before.
 *
 * <p>{@link dev.coord.recipes.fence.FenceGuard} keeps the tokens in memory, for a resource that one process owns;
 * {@link dev.coord.recipes.fence.JdbcFenceGuard} keeps them in the database that is written to.
 *
 * <pre>{@code
 * private final JdbcFenceGuard fence = JdbcFenceGuard.standard();
 *
 * void book(Connection connection, LockHandle lock, int amount) throws SQLException {
 *     fence.check(connection, "accounts", lock.fencingToken()); // first, in the transaction that writes
 *     accounts.add(connection, amount);
 *     connection.commit();
 * }
 * }</pre>
 */
@NullMarked
package dev.coord.recipes.fence;

import org.jspecify.annotations.NullMarked;
