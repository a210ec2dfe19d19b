package dev.coord.recipes.commit.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DerbyCommitContractTest {
    private static final String DROPPED = "08006";

    @BeforeAll
    static void logWhereTestsDo() {
        System.setProperty("derby.stream.error.file", "target/derby.log");
    }

    static TestDatabase database() {
        String url = "jdbc:derby:memory:" + UUID.randomUUID();
        return new TestDatabase() {
            @Override
            public Connection connect() throws SQLException {
                return DriverManager.getConnection(url + ";create=true");
            }

            @Override
            public void drop() throws SQLException {
                try {
                    DriverManager.getConnection(url + ";drop=true").close();
                } catch (SQLException e) {
                    if (!DROPPED.equals(e.getSQLState())) {
                        throw e;
                    }
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
