package dev.coord.recipes.commit.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class H2CommitContractTest {

    static TestDatabase database() {
        String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=60000";
        return new TestDatabase() {
            @Override
            public Connection connect() throws SQLException {
                return DriverManager.getConnection(url);
            }

            @Override
            public void drop() throws SQLException {
                try (Connection connection = connect()) {
                    connection.createStatement().execute("shutdown");
                }
            }
        };
    }

    @Nested
    class Branches extends BranchTableContract {
        Branches() {
            super(database());
        }
    }

    @Nested
    class TryingConfirmingCancelling extends TryConfirmCancelContract {
        TryingConfirmingCancelling() {
            super(database());
        }
    }

    @Nested
    class LastResource extends LastResourceContract {
        LastResource() {
            super(database());
        }
    }

    @Nested
    class SagaSteps extends SagaStepContract {
        SagaSteps() {
            super(database());
        }
    }
}
