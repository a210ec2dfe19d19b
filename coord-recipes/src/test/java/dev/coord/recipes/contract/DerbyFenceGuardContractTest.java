package dev.coord.recipes.contract;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DerbyFenceGuardContractTest extends JdbcFenceGuardContract {
    private static final String DROPPED = "08006";

    private final String database = "jdbc:derby:memory:" + UUID.randomUUID();

    @BeforeAll
    static void logWhereTestsDo() {
        System.setProperty("derby.stream.error.file", "target/derby.log");
    }

    @Override
    protected Connection connect() throws SQLException {
        return DriverManager.getConnection(database + ";create=true");
    }

    @Override
    protected void drop() throws SQLException {
        try {
            DriverManager.getConnection(database + ";drop=true").close();
        } catch (SQLException e) {
            if (!DROPPED.equals(e.getSQLState())) {
                throw e;
            }
        }
    }
}
