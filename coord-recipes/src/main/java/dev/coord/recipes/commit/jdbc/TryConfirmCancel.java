package dev.coord.recipes.commit.jdbc;

import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.Vote;
import java.sql.Connection;

/**
 * What an application does for a branch of a global transaction in three local transactions instead of one that is held open: first it
 * <em>reserves</em> (seats, money, stock), visibly for others; later it makes use of what it has reserved, or gives it back. No lock
 * of the database is held in between, which is what makes it preferable to XA where a global transaction takes long.
 *
 * <p><b>What it need not care for.</b> Each method is called within a local transaction that also writes the branch's row of
 * {@link BranchTable}, and only if the row says that it is its turn: {@code reserve} at most once and never after the branch was
 * cancelled; then one of {@code confirm} and {@code cancel}, once; neither of them for a branch that has reserved nothing. "Once"
 * counts what is committed: where a local transaction was rolled back or its end is unknown, the call comes again and finds either
 * everything or nothing done. So code that only uses the given connection needs no checks of its own; what it does elsewhere may
 * happen twice.
 *
 * <p><b>What it must take care of.</b> After {@code reserve} has been committed, {@code confirm} and {@code cancel} must both be possible,
 * however late: they may be delayed by a database that is busy, but have no way to refuse. The connection refuses to commit, to roll
 * back and to close; its statements and savepoints are the method's own. The methods are called on the participant's executor and may
 * block.
 */
public interface TryConfirmCancel {

    /**
     * Sets aside what the branch needs.
     *
     * @param connection within the local transaction that is committed if the vote is {@link Vote.Kind#PREPARED}, and rolled back else
     * @param branch what to do: {@link Branch#payload()}
     * @return {@link Vote#prepared()}; or {@link Vote#refused} if it is not possible, {@link Vote#readOnly()} if it takes no change
     * @throws Exception if it is not known whether it is possible; rolled back, and the global transaction aborts
     */
    Vote reserve(Connection connection, Branch branch) throws Exception;

    /**
     * Uses what was set aside.
     *
     * @param connection within the local transaction that is committed if this returns
     * @param branch as it was reserved
     * @throws Exception if it cannot be done now; rolled back and tried again
     */
    void confirm(Connection connection, Branch branch) throws Exception;

    /**
     * Gives back what was set aside.
     *
     * @param connection within the local transaction that is committed if this returns
     * @param branch as it was reserved
     * @throws Exception if it cannot be done now; rolled back and tried again
     */
    void cancel(Connection connection, Branch branch) throws Exception;
}
