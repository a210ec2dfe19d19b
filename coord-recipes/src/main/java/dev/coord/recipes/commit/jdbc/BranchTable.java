package dev.coord.recipes.commit.jdbc;

import static java.util.Objects.requireNonNull;

import dev.coord.FencedException;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.HeuristicException.Kind;
import dev.coord.recipes.commit.TransactionStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * A table in a participant's database that has a row for each branch of a global transaction, and says what became of it: tried,
 * confirmed or cancelled. Immutable; safe for use by any thread, as far as the connection is.
 *
 * <p><b>What it promises.</b> Each method is called within the local transaction that does the branch's work, and says whether that
 * is to be done. Of the local transactions that were committed, at most one was told to {@linkplain Step#PROCEED proceed} with
 * trying a branch, and at most one with confirming or cancelling it; none with trying it after a cancel, none with ending it unless
 * it was tried. Tokens that were seen of a branch never become smaller. The row is written first, so its lock, or the primary
 * key where there is none yet, lets only one local transaction at a time be at work for a branch. Rolled back, nothing counts.
 *
 * <p><b>How to use it.</b> Call it first in the local transaction, before the work; after an exception roll back. The connection
 * must not commit by itself. {@code READ_COMMITTED} suffices; at a higher level the database may abort one of two transactions that
 * meet: that is an {@link SQLException}, after which the call is to be made again. A call waits for another local transaction at the
 * same branch for as long as the database lets it.
 *
 * <p><b>Domain.</b> Coordinators that share a database each need a domain of their own, such as their path in the store: a coordinator
 * takes every branch {@linkplain #tried in doubt} for its own and aborts those that it has no record of.
 *
 * <p><b>Costs.</b> One statement with a savepoint to try, one to confirm or cancel what was tried, up to four for anything else. A row
 * for each branch until {@link #purge}.
 *
 * <p><b>Databases.</b> Every build tests it on H2 and on Derby; the same tests passed on PostgreSQL 15.
 *
 * <p>The cases are those of Apache Seata's TCC fence; the mark that whoever comes first writes is that of Narayana's commit markable
 * resource.
 */
public final class BranchTable {
    /** The longest name of a domain or participant, in characters. */
    public static final int MAX_NAME = 100;

    private static final String STANDARD_TABLE = "coord_branch";
    private static final Pattern TABLE = Pattern.compile("([A-Za-z_]\\w{0,62}\\.)?[A-Za-z_]\\w{0,62}");

    private final BranchRows rows;

    /** What a caller of {@link BranchTable} is to do next. */
    public enum Step {
        /** The branch's work, and commit. */
        PROCEED,
        /** Nothing: it was done before. */
        DONE,
        /** Nothing: the branch was cancelled before it was tried, and must not be tried any more. */
        REFUSED,
        /** Nothing but commit: the branch was never tried; it is marked as cancelled now. */
        EMPTY
    }

    /** Tells what a coordinator knows of a transaction: {@code coordinator::status}. */
    public interface StatusLookup {

        /**
         * Returns how far a transaction is.
         *
         * @param transaction its id
         * @return what is known now
         * @throws Exception if that is not to be learnt now
         */
        TransactionStatus status(String transaction) throws Exception;
    }

    private BranchTable(BranchRows rows) {
        this.rows = rows;
    }

    /**
     * Returns the branches of a domain in the table {@code coord_branch}.
     *
     * @param domain whose branches, 1 to {@value #MAX_NAME} characters: the coordinator's path, say
     * @return the table
     * @throws IllegalArgumentException if the name is out of bounds
     */
    public static BranchTable standard(String domain) {
        return onTable(STANDARD_TABLE, domain);
    }

    /**
     * Returns the branches of a domain in a table of your choice.
     *
     * @param table its name, perhaps with its schema's before it: letters, digits and underscores, unquoted
     * @param domain whose branches, 1 to {@value #MAX_NAME} characters
     * @return the table
     * @throws IllegalArgumentException if a name is out of bounds
     */
    public static BranchTable onTable(String table, String domain) {
        if (!TABLE.matcher(requireNonNull(table, "table")).matches()) {
            throw new IllegalArgumentException("table '" + table
                    + "': write table or schema.table, each of letters, digits and underscores, 63 at most");
        }
        return new BranchTable(new BranchRows(table, checkName("domain", domain)));
    }

    /**
     * Returns the statement that creates the table, for your schema's migrations. Where rows are kept so long that there are some
     * hundred thousand, an index on {@code (state, changed)} makes {@link #purge} quick.
     *
     * @return the statement, without a semicolon
     */
    public String ddl() {
        return "create table " + rows.table() + " (domain varchar(" + MAX_NAME + ") not null, participant varchar("
                + MAX_NAME + ") not null, transaction_id varchar(" + Branch.MAX_ID
                + ") not null, state varchar(9) not null, token bigint not null, changed timestamp not null,"
                + " primary key (domain, participant, transaction_id))";
    }

    /**
     * Marks a branch as tried.
     *
     * @param connection the local transaction that tries
     * @param branch which
     * @return {@link Step#PROCEED}, {@link Step#DONE} or {@link Step#REFUSED}
     * @throws FencedException if a greater token was seen of the branch
     * @throws SQLException if the database fails, or a lock timeout or a conflict of local transactions ends the call
     * @throws IllegalStateException if the connection commits by itself
     * @throws IllegalArgumentException if the branch's names are out of bounds
     */
    public Step tryBranch(Connection connection, Branch branch) throws SQLException {
        check(connection, branch);
        for (int round = 0; round < BranchRows.ROUNDS; round++) {
            if (rows.insert(connection, branch, BranchState.TRIED)) {
                return Step.PROCEED;
            }
            Optional<BranchState> state = rows.claim(connection, branch);
            if (state.isPresent()) {
                return state.get() == BranchState.CANCELLED ? Step.REFUSED : Step.DONE;
            }
        }
        throw rows.invisible(branch);
    }

    /**
     * Marks a branch as confirmed.
     *
     * @param connection the local transaction that confirms
     * @param branch which
     * @return {@link Step#PROCEED} or {@link Step#DONE}
     * @throws HeuristicException if it was cancelled, {@link Kind#ABORTED}; or was never tried, or purged too early,
     *     {@link Kind#HAZARD}: the coordinator would not ask if this participant had not promised it
     * @throws FencedException if a greater token was seen of the branch
     * @throws SQLException if the database fails, or a lock timeout or a conflict of local transactions ends the call
     * @throws IllegalStateException if the connection commits by itself
     * @throws IllegalArgumentException if the branch's names are out of bounds
     */
    public Step confirm(Connection connection, Branch branch) throws SQLException {
        check(connection, branch);
        for (int round = 0; round < BranchRows.ROUNDS; round++) {
            if (rows.end(connection, branch, BranchState.CONFIRMED)) {
                return Step.PROCEED;
            }
            Optional<BranchState> state = rows.claim(connection, branch);
            if (state.isEmpty()) {
                throw new HeuristicException(
                        Kind.HAZARD,
                        branch + " is to be confirmed, but was never tried, or its row was purged too early");
            }
            if (state.get() == BranchState.CANCELLED) {
                throw new HeuristicException(Kind.ABORTED, branch + " is to be confirmed, but was cancelled");
            }
            if (state.get() == BranchState.CONFIRMED) {
                return Step.DONE;
            }
        }
        throw rows.invisible(branch);
    }

    /**
     * Marks a branch as cancelled, also if it was never tried: then a try that comes late is refused.
     *
     * @param connection the local transaction that cancels
     * @param branch which
     * @return {@link Step#PROCEED}, {@link Step#DONE} or {@link Step#EMPTY}
     * @throws HeuristicException if it was confirmed, {@link Kind#COMMITTED}
     * @throws FencedException if a greater token was seen of the branch
     * @throws SQLException if the database fails, or a lock timeout or a conflict of local transactions ends the call
     * @throws IllegalStateException if the connection commits by itself
     * @throws IllegalArgumentException if the branch's names are out of bounds
     */
    public Step cancel(Connection connection, Branch branch) throws SQLException {
        check(connection, branch);
        for (int round = 0; round < BranchRows.ROUNDS; round++) {
            if (rows.end(connection, branch, BranchState.CANCELLED)) {
                return Step.PROCEED;
            }
            Optional<BranchState> state = rows.claim(connection, branch);
            if (state.isEmpty() && rows.insert(connection, branch, BranchState.CANCELLED)) {
                return Step.EMPTY;
            }
            if (state.equals(Optional.of(BranchState.CONFIRMED))) {
                throw new HeuristicException(Kind.COMMITTED, branch + " is to be cancelled, but was confirmed");
            }
            if (state.equals(Optional.of(BranchState.CANCELLED))) {
                return Step.DONE;
            }
        }
        throw rows.invisible(branch);
    }

    /** What became of a branch that is decided by whoever writes its row first. */
    record Decision(boolean confirmed, boolean isOurs) {}

    /** Decides a branch of which there is no try, unless it is decided. Does not look at tokens: the answer is the same for all. */
    Decision decide(Connection connection, Branch branch, boolean confirm) throws SQLException {
        check(connection, branch);
        BranchState wanted = confirm ? BranchState.CONFIRMED : BranchState.CANCELLED;
        for (int round = 0; round < BranchRows.ROUNDS; round++) {
            if (rows.insert(connection, branch, wanted)) {
                return new Decision(confirm, true);
            }
            Optional<BranchState> state = rows.find(connection, branch);
            if (state.equals(Optional.of(BranchState.TRIED))) {
                throw new IllegalStateException(branch + " was tried: a last resource needs a name of its own");
            }
            if (state.isPresent()) {
                return new Decision(state.get() == BranchState.CONFIRMED, false);
            }
        }
        throw rows.invisible(branch);
    }

    /**
     * Lists the branches that were tried and not ended. On some databases this waits for local transactions at such a branch.
     *
     * @param connection any
     * @param participant whose branches
     * @return the ids of their transactions
     * @throws SQLException if the database fails
     * @throws IllegalArgumentException if the name is out of bounds
     */
    public Set<String> tried(Connection connection, String participant) throws SQLException {
        checkName("participant", participant);
        return rows.tried(connection, participant);
    }

    /**
     * Deletes the rows of transactions that have ended, at all participants in this database and domain, in local transactions of its
     * own of at most {@value BranchPurge#PAGE} transactions' rows. Rows that are tried stay, and those of a transaction of which
     * {@code status} fails, as it does for an id of another path. While it is asked no connection is held.
     *
     * <p><b>The rule.</b> A row may go when nobody can need it any more. Whoever asks for an outcome needs it until the transaction
     * has ended at the coordinator: that is what {@code status} is asked for, so that an outage of any length is harmless. A try that
     * is late needs it, too, and of that only time tells: {@code age} must be longer than a process that was about to try may
     * have been stopped (paused, suspended with its machine) and go on. If one comes later even so, what it reserves is in doubt
     * until the coordinator next looks at {@link #tried}, and is cancelled then.
     *
     * @param database where the table is
     * @param age how long ago rows were last written, by the database's clock and in local time: leave two days for sessions in other
     *     time zones
     * @param status asks the coordinator: {@code coordinator::status}
     * @return how many rows were deleted
     * @throws Exception from the database, or a {@link dev.coord.CoordException} or {@link InterruptedException} from {@code status}:
     *     the coordinator cannot be asked now. What was deleted before stays so
     * @throws IllegalArgumentException if the age is negative
     */
    public int purge(DataSource database, Duration age, StatusLookup status) throws Exception {
        if (age.isNegative()) {
            throw new IllegalArgumentException("age is " + age + ": must not be negative");
        }
        return new BranchPurge(rows, database, age, requireNonNull(status, "status")).run();
    }

    BranchRows rows() {
        return rows;
    }

    static String checkName(String what, String name) {
        if (requireNonNull(name, what).isEmpty() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException(
                    what + " has " + name.length() + " characters: must have 1 to " + MAX_NAME);
        }
        return name;
    }

    static void check(Connection connection, Branch branch) throws SQLException {
        checkName("participant", branch.participant());
        int length = branch.transaction().length();
        if (length == 0 || length > Branch.MAX_ID) {
            throw new IllegalArgumentException(
                    "transaction id has " + length + " characters: must have 1 to " + Branch.MAX_ID);
        }
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "this connection commits each statement by itself, so the mark would not be "
                            + "of one piece with the work: call setAutoCommit(false)");
        }
    }

    @Override
    public String toString() {
        return "BranchTable(" + rows.table() + ", " + rows.domain() + ")";
    }
}
