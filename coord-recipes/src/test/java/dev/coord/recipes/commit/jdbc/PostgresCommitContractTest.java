package dev.coord.recipes.commit.jdbc;

import dev.coord.recipes.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class PostgresCommitContractTest {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static PostgresServer server;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.sharedOrSkip();
    }

    static TestDatabase database() {
        String name = "branches" + DATABASES.incrementAndGet();
        try {
            server.createDatabase(name);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return new TestDatabase() {
            @Override
            public Connection connect() throws SQLException {
                return DriverManager.getConnection(server.url(name));
            }

            @Override
            public void drop() throws SQLException {
                server.dropDatabase(name);
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
