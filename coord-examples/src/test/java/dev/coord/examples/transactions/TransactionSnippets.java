package dev.coord.examples.transactions;

import dev.coord.Coord;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.Participant;
import dev.coord.recipes.commit.jdbc.BranchTable;
import dev.coord.recipes.commit.jdbc.JdbcTryConfirmCancel;
import dev.coord.recipes.commit.jdbc.TryConfirmCancel;
import dev.coord.recipes.commit.xa.XaParticipant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import javax.sql.DataSource;

/** The code of docs/transactions.md, block by block: {@link TransactionsDocTest} keeps the two equal. */
final class TransactionSnippets {

    private TransactionSnippets() {}

    static void transfer(Coord coord, XaParticipant accounts, XaParticipant ledger, Executor executor)
            throws InterruptedException, SQLException {
        CommitCoordinator coordinator = CommitCoordinator.on(coord, "/commit/bank")
                .participant("accounts", accounts.on(executor)) // an XaParticipant
                .participant("ledger", ledger.on(executor))
                .start();

        try (GlobalTransaction transaction = coordinator.begin()) {
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
}
