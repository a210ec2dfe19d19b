package dev.coord.recipes.commit.processes;

import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.CommitCoordinatorBuilder;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.InterceptedLastResource;
import dev.coord.recipes.commit.InterceptedParticipant;
import dev.coord.recipes.commit.StepHook;
import dev.coord.recipes.commit.jdbc.BranchTable;
import dev.coord.recipes.commit.jdbc.JdbcLastResource;
import dev.coord.recipes.commit.xa.XaParticipant;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executor;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.xa.PGXADataSource;

/**
 * Moves money from an account in one PostgreSQL server to one in another, and notes each transfer in both. The second one takes part by
 * XA, or as a last resource.
 */
final class Transfers {
    static final String PATH = "/commit/bank";
    static final BranchTable BRANCHES = BranchTable.standard(PATH);

    private final XaParticipant from;
    private final XaParticipant to;
    private final JdbcLastResource last;

    /** How a transfer goes. */
    enum Kind {
        /** As it should. */
        MOVE,
        /** The receiving database refuses to prepare, since a deferred constraint does not hold. */
        REFUSED,
        /** The receiving database commits in one phase, and so decides. */
        LAST
    }

    Transfers(int fromPort, int toPort) {
        from = XaParticipant.builder("from", PATH, xa(fromPort)).build();
        to = XaParticipant.builder("to", PATH, xa(toPort)).build();
        PGSimpleDataSource plain = new PGSimpleDataSource();
        plain.setServerNames(new String[] {"127.0.0.1"});
        plain.setPortNumbers(new int[] {toPort});
        plain.setDatabaseName("postgres");
        plain.setUser("coord");
        last = JdbcLastResource.of("last", plain, BRANCHES);
    }

    private static PGXADataSource xa(int port) {
        PGXADataSource source = new PGXADataSource();
        source.setServerNames(new String[] {"127.0.0.1"});
        source.setPortNumbers(new int[] {port});
        source.setDatabaseName("postgres");
        source.setUser("coord");
        return source;
    }

    /** Adds the participants; the sending one serves behind a hook, and all are called through one. */
    CommitCoordinatorBuilder join(CommitCoordinatorBuilder builder, StepHook hook, Executor executor) {
        return builder.participant(
                        "from",
                        InterceptedParticipant.called(InterceptedParticipant.served(from.on(executor), hook), hook))
                .participant("to", InterceptedParticipant.called(to.on(executor), hook))
                .lastResource("last", new InterceptedLastResource(last.onePhaseOn(executor), hook));
    }

    /** Does the work of a transfer; to be committed. */
    GlobalTransaction begin(CommitCoordinator coordinator, int number, Kind kind) throws SQLException {
        GlobalTransaction transaction = coordinator.begin();
        try (Statement sending = from.connection(transaction).createStatement();
                Statement receiving = receiver(transaction, kind).createStatement()) {
            sending.executeUpdate("update account set balance = balance - " + number);
            sending.executeUpdate("insert into transfer values (" + number + ")");
            receiving.executeUpdate("update account set balance = balance + " + number);
            receiving.executeUpdate("insert into transfer values (" + number + ")");
            if (kind == Kind.REFUSED) {
                receiving.executeUpdate("insert into transfer values (" + number + ")");
            }
            return transaction;
        } catch (SQLException e) {
            transaction.close();
            throw e;
        }
    }

    private Connection receiver(GlobalTransaction transaction, Kind kind) throws SQLException {
        return kind == Kind.LAST ? last.connection(transaction) : to.connection(transaction);
    }
}
