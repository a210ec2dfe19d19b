package dev.coord.recipes.commit.jdbc;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.commit.BlockingOnePhaseParticipant;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.HeuristicException.Kind;
import dev.coord.recipes.commit.jdbc.BranchTable.Decision;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database without XA as the last resource of a global transaction: the application works on a connection of it, and its one local
 * transaction decides for all. Safe for use by any thread.
 *
 * <p><b>The outcome is never a guess.</b> The local transaction that does the work also inserts the branch's row of
 * {@link BranchTable}, as confirmed. Whoever wants to know what became of it inserts the same row, as cancelled. The primary key
 * lets one of the two in: so either the work is there and everybody finds the row confirmed, or everybody finds it cancelled and the
 * work can never be committed, also not by a commit that is still on its way. While that is under way, {@link #settle} waits for it as
 * long as the database lets it.
 *
 * <p><b>If the process dies</b>, or the connection breaks, the database rolls the work back when it notices, unless it was
 * committed. Until then the work's locks stay, as with any connection; the database's own settings (TCP keep-alive, idle transaction
 * timeout) say how long that is.
 *
 * <p><b>A name used twice.</b> If work is to be committed and its row says that some was committed under the same name already, this work
 * is rolled back and {@link HeuristicException.Kind#MIXED} reported. To keep ids unique is the coordinator's part.
 *
 * <p><b>Limits.</b> One such resource in a transaction. The connection is held from the first {@link #connection} until the transaction
 * ends, while the other participants prepare: a pool needs as many as there are transactions open at once, and some for
 * {@link #settle}. The row must not be deleted before the transaction has ended: {@link BranchTable#purge} sees to that.
 */
public final class JdbcLastResource implements BlockingOnePhaseParticipant {
    private final String participant;
    private final DataSource database;
    private final BranchTable table;

    /** The work under way, by transaction. Whoever removes it ends it. */
    private final Map<String, Held> open = new ConcurrentHashMap<>();

    private record Held(LocalTransaction local, GuardedConnection guard, Connection view) {}

    private JdbcLastResource(String participant, DataSource database, BranchTable table) {
        this.participant = BranchTable.checkName("participant", participant);
        this.database = requireNonNull(database, "database");
        this.table = requireNonNull(table, "table");
    }

    /**
     * Returns the participant.
     *
     * @param participant the name under which the coordinator is given it, 1 to {@value BranchTable#MAX_NAME} characters; not one of
     *     a {@link JdbcTryConfirmCancel} with the same table
     * @param database where the application works and the branch table is
     * @param table the branches
     * @return the participant; {@link #onePhaseOn} makes it one for the coordinator
     * @throws IllegalArgumentException if the name is out of bounds
     */
    public static JdbcLastResource of(String participant, DataSource database, BranchTable table) {
        return new JdbcLastResource(participant, database, table);
    }

    /**
     * Returns the connection on which a transaction works, and makes this resource part of it. The same at each call for a
     * transaction. Takes one from the database at the first, and may wait for that.
     *
     * @param transaction whose work
     * @return a connection that refuses to commit, to roll back and to commit by itself; closing it has no effect; when the transaction
     *     ends, so does the connection. Savepoints are the application's own. Do not go round it by {@code Statement.getConnection}
     *     or statements such as {@code commit}
     * @throws SQLException if there is none to be had
     * @throws IllegalArgumentException if the coordinator does not know this participant, or the transaction has another last resource
     * @throws IllegalStateException if the transaction was committed or given up before
     */
    public Connection connection(GlobalTransaction transaction) throws SQLException {
        Held held = open.get(transaction.id());
        return held == null ? begin(transaction) : enlist(transaction, held);
    }

    private Connection begin(GlobalTransaction transaction) throws SQLException {
        LocalTransaction local = LocalTransaction.begin(database);
        GuardedConnection guard = GuardedConnection.of(local.connection());
        Held held = new Held(local, guard, guard.view());
        Held other = open.putIfAbsent(transaction.id(), held);
        if (other != null) {
            local.end(false);
            return enlist(transaction, other);
        }
        try {
            return enlist(transaction, held);
        } catch (RuntimeException e) {
            if (open.remove(transaction.id(), held)) {
                guard.end();
                local.rollBackAfter(e);
            }
            throw e;
        }
    }

    /** After the work is in the map: who gives the transaction up before fails this, and who does so later finds the work. */
    private Connection enlist(GlobalTransaction transaction, Held held) {
        transaction.enlist(participant);
        return held.view();
    }

    /**
     * Returns how many transactions hold a connection.
     *
     * @return those that have asked for one and have not ended
     */
    public int connections() {
        return open.size();
    }

    @Override
    public boolean commitOnePhase(Branch branch) throws Exception {
        Held held = take(branch);
        if (held == null) {
            return settle(branch);
        }
        Decision decision = held.local().finish(connection -> table.decide(connection, branch, true), Decision::isOurs);
        if (decision.confirmed() && !decision.isOurs()) {
            throw new HeuristicException(
                    Kind.MIXED,
                    "the work of " + branch + " was rolled back, for its row says that other work was committed under "
                            + "the same name: the id was used before, or two processes work for one transaction");
        }
        return decision.confirmed();
    }

    @Override
    public boolean settle(Branch branch) throws Exception {
        abort(branch);
        return LocalTransaction.run(database, connection -> table.decide(connection, branch, false), Decision::isOurs)
                .confirmed();
    }

    @Override
    public void abort(Branch branch) throws Exception {
        Held held = take(branch);
        if (held != null) {
            held.local().end(false);
        }
    }

    private @Nullable Held take(Branch branch) {
        Held held = open.remove(branch.transaction());
        if (held != null) {
            held.guard().end();
        }
        return held;
    }

    @Override
    public String toString() {
        return "JdbcLastResource(" + participant + ", " + table + ")";
    }
}
