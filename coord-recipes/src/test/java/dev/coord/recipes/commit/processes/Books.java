package dev.coord.recipes.commit.processes;

import dev.coord.recipes.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the databases say, asked from outside. */
final class Books implements AutoCloseable {
    private static final int START = 1_000_000;
    private static final String LOCKED = "55P03";

    private final Book from;
    private final Book to;

    /**
     * What both say of a transfer.
     *
     * @param prepared how many branches are prepared
     * @param free whether the accounts can be locked
     * @param noted in how many books the transfer is
     * @param sum of the balances
     */
    record State(int prepared, boolean free, int noted, int sum) {
        boolean isAtRest() {
            return prepared == 0 && free;
        }
    }

    Books(PostgresServer from, PostgresServer to) throws SQLException {
        this.from = new Book(from);
        this.to = new Book(to);
        for (Book book : List.of(this.from, this.to)) {
            book.execute("create table account (balance int not null)");
            book.execute("insert into account values (" + START + ")");
            book.execute("create table transfer (number int unique deferrable initially deferred)");
            book.execute(Transfers.BRANCHES.ddl());
        }
    }

    static int total() {
        return 2 * START;
    }

    /** Looks; nothing if a server cannot be reached now. */
    @Nullable
    State look(int number) {
        try {
            return new State(
                    from.number("select count(*) from pg_prepared_xacts")
                            + to.number("select count(*) from pg_prepared_xacts"),
                    from.isFree() && to.isFree(),
                    from.number("select count(*) from transfer where number = " + number)
                            + to.number("select count(*) from transfer where number = " + number),
                    from.number("select balance from account") + to.number("select balance from account"));
        } catch (SQLException e) {
            from.drop();
            to.drop();
            return null;
        }
    }

    @Override
    public void close() {
        from.drop();
        to.drop();
    }

    private static final class Book {
        private final PostgresServer server;
        private @Nullable Connection connection;

        Book(PostgresServer server) {
            this.server = server;
        }

        private Connection connection() throws SQLException {
            Connection present = connection;
            if (present == null) {
                present = DriverManager.getConnection(server.url("postgres"));
                connection = present;
            }
            return present;
        }

        void drop() {
            Connection present = connection;
            connection = null;
            if (present != null) {
                try {
                    present.close();
                } catch (SQLException e) {
                    // It is broken, which is why.
                }
            }
        }

        void execute(String sql) throws SQLException {
            try (Statement statement = connection().createStatement()) {
                statement.execute(sql);
            }
        }

        int number(String sql) throws SQLException {
            try (Statement statement = connection().createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getInt(1);
            }
        }

        boolean isFree() throws SQLException {
            try {
                number("select balance from account for update nowait");
                return true;
            } catch (SQLException e) {
                if (LOCKED.equals(e.getSQLState())) {
                    return false;
                }
                throw e;
            }
        }
    }
}
