package dev.coord.recipes.contract;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class H2FenceGuardContractTest extends JdbcFenceGuardContract {
    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=60000";

    @Override
    protected Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    @Override
    protected void drop() throws SQLException {
        try (Connection connection = connect()) {
            connection.createStatement().execute("shutdown");
        }
    }
}
