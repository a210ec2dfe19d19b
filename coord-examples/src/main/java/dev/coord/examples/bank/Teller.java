package dev.coord.examples.bank;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.UnavailableException;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.CommitCoordinatorBuilder;
import dev.coord.recipes.commit.CommitListener;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.HeuristicOutcome;
import dev.coord.recipes.commit.TransactionStatus;
import dev.coord.recipes.commit.TransactionSummary;
import dev.coord.recipes.commit.xa.XaParticipant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** Moves money between the databases; one in each peer. When one dies the others end what it has begun. */
final class Teller {
    static final String PATH = "/commit/bank";
    private static final int THREADS = 16;
    private static final Set<TransactionStatus> OVER =
            EnumSet.of(TransactionStatus.COMMITTED, TransactionStatus.ABORTED);

    private final Map<String, XaParticipant> databases = new LinkedHashMap<>();
    private final Map<String, Stall> stalls = new LinkedHashMap<>();
    private final ExecutorService executor = Executors.newFixedThreadPool(THREADS, Teller::daemon);
    private final CommitCoordinator coordinator;

    Teller(Coord coord, List<Vault> vaults, CommitListener listener) {
        CommitCoordinatorBuilder builder = CommitCoordinator.on(coord, PATH)
                .timeout(Duration.ofSeconds(5))
                .maxCalls(THREADS)
                .listener(listener);
        for (Vault vault : vaults) {
            XaParticipant database = XaParticipant.builder(vault.name(), PATH, vault.dataSource())
                    .build();
            Stall stall = new Stall(database.on(executor));
            databases.put(vault.name(), database);
            stalls.put(vault.name(), stall);
            builder.participant(vault.name(), stall);
        }
        coordinator = builder.start();
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "teller");
        thread.setDaemon(true);
        return thread;
    }

    /** There is not enough in the account. */
    static final class InsufficientFundsException extends Exception {
        private static final long serialVersionUID = 1;

        InsufficientFundsException(String account, int amount) {
            super(account + " has less than $" + amount);
        }
    }

    /**
     * Moves money, wholly or not at all.
     *
     * @throws InsufficientFundsException if there is not enough; then nothing has happened
     * @throws SQLException if a database fails before the commit begins; then nothing has happened
     * @throws dev.coord.CoordException if the commit fails; its type says whether it is known that nothing has happened
     */
    void move(int amount, Account from, Account to)
            throws SQLException, InsufficientFundsException, InterruptedException {
        try (GlobalTransaction transaction = coordinator.begin()) {
            // Always in the same order, so that no two wait for each other: none of the databases would see that.
            boolean sendsFirst = from.vault().compareTo(to.vault()) < 0;
            boolean covered = sendsFirst
                    ? add(transaction, from, -amount) && add(transaction, to, amount)
                    : add(transaction, to, amount) && add(transaction, from, -amount);
            if (!covered) {
                throw new InsufficientFundsException(from.name(), amount);
            }
            transaction.commit();
        } // what was not committed is given up
    }

    /** Whether there is enough is for the database to find out, which has the account locked then. */
    private boolean add(GlobalTransaction transaction, Account account, int amount) throws SQLException {
        try (Connection connection =
                        requireNonNull(databases.get(account.vault())).connection(transaction);
                PreparedStatement update = connection.prepareStatement(
                        "update coord_account set balance = balance + ? where name = ? and balance >= ?");
                PreparedStatement note = connection.prepareStatement("insert into coord_transfer values (?)")) {
            update.setInt(1, amount);
            update.setString(2, account.name());
            update.setInt(3, -amount);
            note.setString(1, transaction.id());
            return update.executeUpdate() == 1 && note.executeUpdate() == 1;
        }
    }

    Stall stall(String vault) {
        return requireNonNull(stalls.get(vault));
    }

    /** Tells whether nothing is under way, at any peer, nor in doubt in a database; false if one cannot be asked now. */
    boolean isAtRest() {
        return nobodyIsInDoubt(any -> true) && coordinator.backlog().isEmpty();
    }

    /** Tells whether nothing is under way of what was begun here. */
    boolean isIdle() {
        return coordinator.backlog().stream().noneMatch(TransactionSummary::here);
    }

    /** Tells whether a transaction has ended, at all databases; false if somebody cannot be asked now. */
    boolean hasEnded(String transaction) throws InterruptedException {
        try {
            return OVER.contains(coordinator.status(transaction)) && nobodyIsInDoubt(transaction::equals);
        } catch (UnavailableException e) {
            return false; // a Raft leader is being elected
        }
    }

    private boolean nobodyIsInDoubt(Predicate<String> about) {
        for (XaParticipant database : databases.values()) {
            try {
                if (database.recover().stream().anyMatch(about)) {
                    return false;
                }
            } catch (Exception e) {
                return false; // it has crashed, and connections to it are broken
            }
        }
        return true;
    }

    /** What databases have decided alone. */
    List<HeuristicOutcome> heuristics() throws InterruptedException {
        return coordinator.heuristics();
    }

    /** Ends the connections, as the operating system does when a process is gone. */
    void disconnect() {
        databases.values().forEach(XaParticipant::close);
        executor.shutdown();
    }

    void close() {
        coordinator.close();
        disconnect();
    }
}
