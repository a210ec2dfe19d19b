package dev.coord.recipes.commit.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Predicate;
import javax.sql.DataSource;

/** A local transaction of a database, on a connection of its own, of which nothing stays open when it has ended. */
record LocalTransaction(Connection connection, boolean wasAutoCommit) {

    /** What is done within one. */
    interface Work<T> {
        T run(Connection connection) throws Exception;
    }

    /** Begins and finishes one. */
    static <T> T run(DataSource database, Work<T> work, Predicate<T> commits) throws Exception {
        return begin(database).finish(work, commits);
    }

    static LocalTransaction begin(DataSource database) throws SQLException {
        Connection connection = database.getConnection();
        try {
            boolean wasAutoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            return new LocalTransaction(connection, wasAutoCommit);
        } catch (SQLException | RuntimeException e) {
            closeAfter(e, connection);
            throw e;
        }
    }

    /**
     * Does the last work and ends.
     *
     * @param commits whether what the work has answered is to last; else it is rolled back
     * @return what the work has answered, once that is lasting
     * @throws Exception from the work, and all is rolled back; or from the database, which does not tell what became of it
     */
    <T> T finish(Work<T> work, Predicate<T> commits) throws Exception {
        T result;
        boolean commit;
        try {
            result = work.run(connection);
            commit = commits.test(result);
        } catch (Exception | Error e) {
            rollBackAfter(e);
            throw e;
        }
        end(commit);
        return result;
    }

    /** Ends without more work; what fails does not tell what became of it. */
    void end(boolean commit) throws SQLException {
        try {
            if (commit) {
                connection.commit();
            } else {
                connection.rollback();
            }
            // Only here: where it is not known how it ended, this could commit what was to be rolled back.
            connection.setAutoCommit(wasAutoCommit);
        } catch (SQLException | RuntimeException e) {
            rollBackAfter(e);
            throw e;
        }
        connection.close();
    }

    void rollBackAfter(Throwable failure) {
        try {
            connection.rollback();
        } catch (SQLException | RuntimeException e) {
            failure.addSuppressed(e);
        }
        closeAfter(failure, connection);
    }

    private static void closeAfter(Throwable failure, Connection connection) {
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
