package dev.coord.recipes.fence;

import static java.util.Objects.requireNonNull;

import dev.coord.FencedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Savepoint;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Refuses {@linkplain dev.coord.recipes.FencedHandle#fencingToken() fencing tokens} that are older than one that was
 * accepted before, in the database that is written to and in the very transaction that writes. Immutable; safe for use by
 * any thread, as far as the connection is.
 *
 * <p><b>What it promises.</b> Of the transactions that were committed, those that checked a smaller token for a resource were
 * committed before those that checked a greater one. A check is one conditional {@code update} of the resource's row, whose
 * lock the transaction keeps to its end. So an old holder that checks while a newer one's transaction runs waits for its
 * end, and is refused then; a newer one that checks while an old one's runs waits too, and writes after it. A token counts
 * when its transaction is committed; rolled back, it fences nobody.
 *
 * <p><b>How to use it.</b> Make the check the first statement of the transaction; if there are several resources, always in
 * the same order, or transactions may deadlock. After {@link FencedException} roll back. The connection must not commit by
 * itself, since then the lock would be gone before the write. The isolation level {@code READ_COMMITTED} suffices; at a
 * higher one the database may abort one of two transactions that meet, as it does with any row: that is a
 * {@link SQLException}, after which the transaction is to be run again.
 *
 * <p><b>Costs.</b> One statement. Twice that when a token is refused; some more, with a savepoint, when a resource is
 * checked for the very first time, unless its row was inserted with the table. One row for each resource. No log entry,
 * message or watch of Coord.
 *
 * <p><b>Databases.</b> Every build tests it on H2 and on Derby; the same tests passed on PostgreSQL 15, for whose sake there is
 * the savepoint: there a failed {@code insert} would else spoil the transaction.
 *
 * <p>The check is Kleppmann's (<i>How to do distributed locking</i>, 2016).
 */
public final class JdbcFenceGuard {
    private static final String STANDARD_TABLE = "coord_fence";
    private static final Pattern TABLE = Pattern.compile("([A-Za-z_]\\w{0,62}\\.)?[A-Za-z_]\\w{0,62}");
    private static final String CONSTRAINT_VIOLATED = "23";
    private static final int ROUNDS = 3;

    private final String table;

    private JdbcFenceGuard(String table) {
        this.table = table;
    }

    /**
     * Returns the guard with its tokens in the table {@code coord_fence}.
     *
     * @return the guard
     */
    public static JdbcFenceGuard standard() {
        return new JdbcFenceGuard(STANDARD_TABLE);
    }

    /**
     * Returns a guard with its tokens in a table of your choice.
     *
     * @param table its name, perhaps with its schema's before it: letters, digits and underscores, unquoted
     * @return the guard
     * @throws IllegalArgumentException if it is no such name
     */
    public static JdbcFenceGuard onTable(String table) {
        if (!TABLE.matcher(requireNonNull(table, "table")).matches()) {
            throw new IllegalArgumentException("table '" + table
                    + "': write table or schema.table, each of letters, digits and underscores, 63 at most");
        }
        return new JdbcFenceGuard(table);
    }

    /**
     * Returns the statement that creates the table, for your schema's migrations. Rows may be inserted ahead with token 0,
     * which spares the first check of each resource its {@code insert}; never delete or lower one while an old holder may
     * still write.
     *
     * @return the statement, without a semicolon
     */
    public String ddl() {
        return "create table " + table + " (resource varchar(" + Fences.LONGEST_NAME
                + ") not null primary key, token bigint not null)";
    }

    /**
     * Accepts a token or says that it is too old. Waits, on the calling thread and as long as the database lets it, for
     * other transactions that have checked the resource.
     *
     * @param connection the one that writes, with its transaction begun or about to begin
     * @param resource what is to be written, 1 to 255 characters
     * @param token the token of the writer's lock or leadership, positive
     * @return true if it is accepted, provided that the transaction is committed; false if a greater one was accepted
     *     before, whereupon the transaction must not write
     * @throws SQLException if the database fails, or a lock timeout or a conflict of transactions ends the check: roll back;
     *     whether to run the transaction again is for the exception to tell
     * @throws IllegalStateException if the connection commits by itself
     * @throws IllegalArgumentException if the name or the token is out of bounds
     */
    public boolean tryAccept(Connection connection, String resource, long token) throws SQLException {
        return refusing(connection, resource, token).isEmpty();
    }

    /**
     * Accepts a token or fails. Waits as {@link #tryAccept} does.
     *
     * @param connection the one that writes, with its transaction begun or about to begin
     * @param resource what is to be written, 1 to 255 characters
     * @param token the token of the writer's lock or leadership, positive
     * @throws FencedException if a greater one was accepted before; roll back
     * @throws SQLException as {@link #tryAccept} does
     * @throws IllegalStateException if the connection commits by itself
     * @throws IllegalArgumentException if the name or the token is out of bounds
     */
    public void check(Connection connection, String resource, long token) throws SQLException {
        OptionalLong refusing = refusing(connection, resource, token);
        if (refusing.isPresent()) {
            throw new FencedException(
                    Fences.refusal(resource, token, refusing.getAsLong() + " was accepted before; roll back"));
        }
    }

    /**
     * Returns the greatest token accepted so far, as the connection's transaction sees it. Needs no transaction of its own
     * and takes no lasting lock at {@code READ_COMMITTED}.
     *
     * @param connection any
     * @param resource what was written, 1 to 255 characters
     * @return the token, empty if the resource has no row
     * @throws SQLException if the database fails
     * @throws IllegalArgumentException if the name is out of bounds
     */
    public OptionalLong greatest(Connection connection, String resource) throws SQLException {
        requireNonNull(connection, "connection");
        Fences.check(resource);
        String sql = "select token from " + table + " where resource = ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, resource);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    /** Raises the token; tells the greater one that is in the way, if there is. */
    private OptionalLong refusing(Connection connection, String resource, long token) throws SQLException {
        Fences.check(resource, token);
        if (requireNonNull(connection, "connection").getAutoCommit()) {
            throw new IllegalStateException("this connection commits each statement by itself, so the check would not "
                    + "protect the write: call setAutoCommit(false)");
        }
        for (int round = 0; round < ROUNDS; round++) {
            if (raise(connection, resource, token)) {
                return OptionalLong.empty();
            }
            OptionalLong present = greatest(connection, resource);
            if (present.isEmpty() && insert(connection, resource, token)) {
                return OptionalLong.empty();
            }
            if (present.isPresent() && present.getAsLong() > token) {
                return present;
            }
            // Somebody else has inserted the row meanwhile: now it is there to be updated.
        }
        throw new SQLTransientException("the row of " + resource + " in " + table
                + " is there, but not to be seen by this transaction; roll back and run it again");
    }

    private boolean raise(Connection connection, String resource, long token) throws SQLException {
        String sql = "update " + table + " set token = ? where resource = ? and token <= ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setLong(1, token);
            update.setString(2, resource);
            update.setLong(3, token);
            return update.executeUpdate() == 1;
        }
    }

    /** Inserts the row unless it exists; waits if somebody else is about to. */
    private boolean insert(Connection connection, String resource, long token) throws SQLException {
        // PostgreSQL lets a transaction go on after an error only from a savepoint.
        Savepoint before = connection.setSavepoint();
        String sql = "insert into " + table + " (resource, token) values (?, ?)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, resource);
            insert.setLong(2, token);
            insert.executeUpdate();
        } catch (SQLException e) {
            if (!isDuplicate(e)) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
        connection.releaseSavepoint(before);
        return true;
    }

    private static boolean isDuplicate(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && state.startsWith(CONSTRAINT_VIOLATED);
    }

    @Override
    public String toString() {
        return "JdbcFenceGuard(" + table + ")";
    }
}
