package dev.coord.examples.transactions;

import dev.coord.Coord;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.Participant;
import dev.coord.recipes.commit.SagaDefinition;
import dev.coord.recipes.commit.SagaRun;
import dev.coord.recipes.commit.SagaStep;
import dev.coord.recipes.commit.StepCall;
import dev.coord.recipes.commit.jdbc.BranchTable;
import dev.coord.recipes.commit.jdbc.JdbcSagaStep;
import dev.coord.recipes.commit.jdbc.JdbcTryConfirmCancel;
import dev.coord.recipes.commit.jdbc.SagaWork;
import dev.coord.recipes.commit.jdbc.TryConfirmCancel;
import dev.coord.recipes.commit.xa.XaParticipant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import javax.sql.DataSource;

/** The code of docs/transactions.md, block by block: {@link dev.coord.examples.SnippetsDocTest} keeps the two equal. */
final class TransactionSnippets {

    private TransactionSnippets() {}

    static void transfer(Coord coord, XaParticipant accounts, XaParticipant ledger, Executor executor)
            throws InterruptedException, SQLException {
        CommitCoordinator coordinator = CommitCoordinator.on(coord, "/commit/bank")
                .participant("accounts", accounts.on(executor)) // an XaParticipant
                .participant("ledger", ledger.on(executor))
                .start();

        try (GlobalTransaction transaction = coordinator.begin("accounts", "ledger")) {
            try (Connection a = accounts.connection(transaction);
                    Connection b = ledger.connection(transaction)) {
                withdraw(a, 100);
                book(b, 100);
            }
            transaction.commit();
        }
    }

    static Participant seats(DataSource dataSource, TryConfirmCancel seatReservation, Executor executor) {
        BranchTable branches = BranchTable.standard("/commit");
        return JdbcTryConfirmCancel.of("seats", dataSource, branches, seatReservation)
                .on(executor);
    }

    static Map<String, Value> trip(
            Coord coord,
            DataSource flightDatabase,
            BranchTable branches,
            SagaStep hotelService,
            Executor executor,
            String order)
            throws InterruptedException {
        SagaDefinition trip = SagaDefinition.named("trip")
                .step(
                        "flight",
                        JdbcSagaStep.of(flightDatabase, branches, new FlightBooking())
                                .on(executor))
                .step("hotel", hotelService) // a SagaStep: act and compensate, of futures
                .attempts(3)
                .callTimeout(Duration.ofSeconds(5))
                .build();
        CommitCoordinator coordinator =
                CommitCoordinator.on(coord, "/commit").saga(trip).start(); // at every peer
        SagaRun run = coordinator.startSaga("trip", Value.of(order)); // does not wait; run.id() is known at once
        return run.result(); // or SagaAbortedException: which step, and why
    }

    private static void withdraw(Connection connection, long amount) throws SQLException {
        add(connection, "update accounts set balance = balance - ?", amount);
    }

    private static void book(Connection connection, long amount) throws SQLException {
        add(connection, "insert into ledger (amount) values (?)", amount);
    }

    private static void add(Connection connection, String sql, long amount) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, amount);
            statement.executeUpdate();
        }
    }

    /** Books a seat. */
    private static final class FlightBooking implements SagaWork {

        @Override
        public void act(Connection connection, StepCall call) throws SQLException {
            book(connection, 1);
        }

        @Override
        public void compensate(Connection connection, StepCall call) throws SQLException {
            book(connection, -1);
        }
    }
}
