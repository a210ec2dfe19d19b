package dev.coord.examples.bank;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import javax.sql.XADataSource;
import org.apache.derby.jdbc.EmbeddedXADataSource;
import org.postgresql.xa.PGXADataSource;

/**
 * One of the two databases, with accounts in it. That no account is ever overdrawn is for the database to see to: a constraint does.
 *
 * @param name by which coordinators know it
 * @param url for JDBC
 */
record Vault(String name, String url) {
    private static final String DERBY = "jdbc:derby:";
    private static final String IS_DOWN = "08006";
    private static final String ACCOUNTS =
            "(name varchar(40) not null primary key, balance int not null check (balance >= 0))";
    private static final List<String> TABLES = List.of("coord_account", "coord_transfer");
    private static final String TRANSFERS = "(id varchar(60) not null primary key)";

    /** A database of Derby's in a directory, open in this process. */
    static Vault inDirectory(String name, Path directory) {
        return new Vault(name, DERBY + directory.resolve(name));
    }

    private boolean isDerby() {
        return url.startsWith(DERBY);
    }

    XADataSource dataSource() {
        if (isDerby()) {
            EmbeddedXADataSource source = new EmbeddedXADataSource();
            source.setDatabaseName(url.substring(DERBY.length()));
            return source;
        }
        PGXADataSource source = new PGXADataSource();
        source.setURL(url);
        return source;
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /**
     * Makes the tables, in a database that has none of these names.
     *
     * @throws IllegalStateException if it has; they may be somebody's
     */
    void create() throws SQLException {
        if (isDerby()) {
            DriverManager.getConnection(url + ";create=true").close();
        }
        refuseIfThere();
        execute("create table coord_account " + ACCOUNTS);
        execute("create table coord_transfer " + TRANSFERS);
    }

    private void refuseIfThere() throws SQLException {
        try (Connection connection = connect();
                ResultSet tables =
                        connection.getMetaData().getTables(null, connection.getSchema(), "%", new String[] {"TABLE"})) {
            while (tables.next()) {
                String table = tables.getString("TABLE_NAME").toLowerCase(Locale.ROOT);
                if (TABLES.contains(table)) {
                    throw new IllegalStateException("database " + name + " has a table " + table
                            + " already, which is left as it is; drop it, if it is of an earlier run that has failed, or give "
                            + "an empty database");
                }
            }
        }
    }

    /** Removes what {@link #create} has made, from a database that stays. */
    void clear() throws SQLException {
        if (!isDerby()) {
            for (String table : TABLES) {
                execute("drop table " + table);
            }
        }
    }

    void open(String account, int balance) throws SQLException {
        execute("insert into coord_account values ('" + account + "', " + balance + ")");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    int total() throws SQLException {
        return number("select sum(balance) from coord_account");
    }

    int balance(String account) throws SQLException {
        return number("select balance from coord_account where name = '" + account + "'");
    }

    /** The transfers that it knows of. */
    int transfers() throws SQLException {
        return number("select count(*) from coord_transfer");
    }

    private int number(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** Shuts it down, if it is in this process. */
    void shutDown() throws SQLException {
        if (isDerby()) {
            try {
                DriverManager.getConnection(url + ";shutdown=true").close();
            } catch (SQLException e) {
                if (!IS_DOWN.equals(e.getSQLState())) { // so Derby says that all went well
                    throw e;
                }
            }
        }
    }
}
