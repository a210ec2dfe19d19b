package dev.coord.recipes.commit.xa;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.commit.BlockingParticipant;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.Vote;
import dev.coord.recipes.commit.xa.OpenBranch.Phase;
import dev.coord.recipes.commit.xa.SessionPool.JdbcSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/**
 * A database that takes part in global transactions through its driver's {@link XADataSource}. Thread-safe. It always commits in two
 * phases.
 *
 * <p><b>Where the work is done.</b> {@link #connection} gives the application a connection whose work belongs to a transaction's branch.
 * Only the process that has opened a branch can prepare it, so the coordinator has to be in the same process; any process can commit or
 * abort it from then on, which is how another peer takes over.
 *
 * <p><b>Names of branches.</b> The format id is {@value #FORMAT_ID} ("CORD"); the global transaction id is the transaction's, in ASCII;
 * the branch qualifier is 12 characters of a digest of the domain, a colon, and the participant's name. {@link #recover()} tells only of
 * branches with all three, and nothing else is ever touched: not those of other transaction managers, of other domains, or of another
 * participant in the same database.
 *
 * <p><b>What an unknown branch means.</b> XA has no answer to "what became of it?": a branch that was committed, one that was rolled
 * back, and one that never was are equally unknown to a database. If one is to be ended and unknown, it is taken as ended the same way
 * before: by the former call whose answer was lost, or by the peer that took over. There is one exception. The process that has prepared
 * it, when told the outcome for the first time and by the same attempt, knows that nobody was told before; it then reports
 * {@link HeuristicException.Kind#HAZARD}, for somebody has ended the branch by hand. So what an operator does behind the coordinator's
 * back is found out as long as that process lives, and not after. (A peer that takes over in the very moment in which the former
 * coordinator's call is on its way may cause a false report of the latter, never a missing one.)
 *
 * <p><b>Statements that fail</b> and are not undone by a savepoint spoil a whole transaction at some databases. PostgreSQL then answers the
 * prepare by rolling back without a word, and its driver (seen with 42.7.8) reports that as prepared. So at PostgreSQL every branch is
 * looked at before it prepares, for a large object or an array can fail out of sight: the driver is asked for the state that the server
 * told last, or if it cannot tell, one cheap statement is run. Elsewhere one that has seen a
 * statement fail is probed by a savepoint, except at Derby, which undoes that statement alone. A branch that has failed is refused.
 *
 * <p><b>Failures.</b> An error that does not say what became of the branch is thrown, the session closed, and the call has its effect when
 * it is tried again, through another connection. Heuristic outcomes become {@link HeuristicException} of the same kind, and the database
 * is told to forget them. Calls with a smaller token than one that was accepted for the same branch are refused with
 * {@link dev.coord.FencedException} while the branch is open here.
 *
 * <p><b>Connections.</b> A branch has one from {@link #connection} until its end, also between the two phases, since some databases undo
 * what was prepared when its connection is closed. Afterwards up to {@code maxIdle} are kept for later branches. If one proves broken the
 * kept ones are closed too.
 *
 * <p><b>Databases.</b> Every build tests it on H2, Derby and, where it is installed, PostgreSQL, whose setting
 * {@code max_prepared_transactions} must be positive: it is 0 as delivered. H2 and PostgreSQL always vote
 * {@link Vote.Kind#PREPARED}; Derby knows read-only branches.
 *
 * <p><b>Use H2 for tests only.</b> It rolls a prepared branch back when its connection breaks, and so breaks its vote. Such a branch is
 * lost: whoever ends it later finds nothing there, takes that as ended before, and its outcome still reads as committed. Only when its
 * process dies does H2 keep what is prepared. {@link #close()} therefore leaves the connections of prepared branches open; they end with
 * the JVM.
 *
 * <p>The rules are those of The Open Group, <i>Distributed Transaction Processing: The XA Specification</i>, 1991.
 */
public final class XaParticipant implements BlockingParticipant, AutoCloseable {
    /** The format id of all branches of Coord: "CORD" in ASCII. */
    public static final int FORMAT_ID = 0x434F5244;

    /** How many connections are kept for later unless told otherwise. */
    public static final int DEFAULT_MAX_IDLE = 8;

    /** How many branches may be open at once unless told otherwise. */
    public static final int DEFAULT_MAX_BRANCHES = 1_000;

    private final XidSpace space;
    private final SessionPool pool;
    private final XaBranches branches;

    private XaParticipant(Builder builder) {
        this.space = builder.space;
        this.pool = new SessionPool(builder.dataSource, builder.maxIdle, builder.transactionTimeout);
        this.branches = new XaBranches(space, pool, builder.maxBranches);
    }

    /**
     * Begins to describe a participant.
     *
     * @param name the name by which the coordinator knows it: 1 to 40 letters, digits, dots, hyphens and underscores. Must stay the same
     *     as long as branches are in doubt
     * @param domain what sets its branches apart from those of other applications in the same database: the coordinator's path. The same
     *     at all peers; not empty
     * @param dataSource the database
     * @return the builder
     * @throws IllegalArgumentException if the name or the domain is out of bounds
     */
    public static Builder builder(String name, String domain, XADataSource dataSource) {
        return new Builder(XidSpace.of(name, domain), requireNonNull(dataSource, "dataSource"));
    }

    /**
     * Returns a connection whose work is part of a transaction; makes this participant part of it if it was not. Blocks while the
     * database connects.
     *
     * <p>The connection is for one thread at a time, and until the commit begins: what is called then is refused, as is committing and
     * rolling back; do not do so by SQL either. Savepoints are as the driver has them: those of H2 work, those of PostgreSQL by SQL, those
     * of Derby not. To close the connection is good manners but does not end the branch, and further ones can be had for the same
     * transaction, which all stand for the same. {@link Connection#unwrap} gives nothing of the driver's. If the transaction is given up
     * while a statement runs, the statement is cancelled and the branch undone when it has returned; the call fails.
     *
     * @param transaction neither committed nor given up
     * @return the connection, which does not commit by itself
     * @throws SQLException if the database fails: give the transaction up
     * @throws IllegalArgumentException if the coordinator knows no participant of this name
     * @throws IllegalStateException if the transaction was committed or given up, or another thread is at work on the branch
     * @throws dev.coord.LimitExceededException if there are too many branches
     * @throws dev.coord.ClosedException if this participant is closed
     */
    public Connection connection(GlobalTransaction transaction) throws SQLException {
        OpenBranch present = branches.find(transaction.id());
        if (present != null && present.pass(Phase.OPEN, Phase.CALL)) {
            JdbcSession session = (JdbcSession) requireNonNull(present.session);
            return handOver(present, session.handle());
        }
        OpenBranch branch = branches.begin(transaction);
        try {
            return handOver(branch, start(branch));
        } catch (XAException e) {
            branches.abandon(branch);
            throw new SQLException("cannot begin branch " + branch.xid + ": " + XaErrors.describe(e), e);
        } catch (SQLException | RuntimeException e) {
            branches.abandon(branch);
            throw e;
        }
    }

    /** A kept connection may have broken meanwhile, so it is given a second chance with a new one. */
    private Connection start(OpenBranch branch) throws SQLException, XAException {
        JdbcSession session = pool.open();
        try {
            return start(branch, session);
        } catch (SQLException | XAException | RuntimeException e) {
            SessionSource.drop(session);
            pool.suspect();
            if (!session.isReused()) {
                throw e;
            }
        }
        JdbcSession fresh = pool.open();
        try {
            return start(branch, fresh);
        } catch (SQLException | XAException | RuntimeException e) {
            SessionSource.drop(fresh);
            throw e;
        }
    }

    private Connection start(OpenBranch branch, JdbcSession session) throws SQLException, XAException {
        Connection handle = session.renew();
        branches.start(branch, session);
        return handle;
    }

    private Connection handOver(OpenBranch branch, Connection driver) throws SQLException {
        if (!branches.leave(branch)) {
            throw new SQLException("transaction " + branch.xid.transaction() + " was given up meanwhile");
        }
        return BranchConnection.of(branches, branch, driver);
    }

    @Override
    public Vote prepare(Branch branch) throws Exception {
        return branches.prepare(branch);
    }

    @Override
    public void commit(Branch branch) throws Exception {
        branches.commit(branch);
    }

    @Override
    public void abort(Branch branch) throws Exception {
        branches.abort(branch);
    }

    @Override
    public void forget(Branch branch) throws Exception {
        branches.forget(branch);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Also those that were prepared through this object and are not in doubt in the database any more: their outcome is due here, which
     * is how their connections come free when another peer has ended them.
     */
    @Override
    public Set<String> recover() throws Exception {
        return branches.recover();
    }

    /**
     * Returns how many branches are open in this process, which is how many connections are in use for them.
     *
     * @return the number now
     */
    public int openBranches() {
        return branches.size();
    }

    /**
     * Returns how many connections are kept for later branches.
     *
     * @return the number now
     */
    public int idleConnections() {
        return pool.idle();
    }

    /**
     * Undoes what is not prepared and closes all connections, but for those with a call at work, which close after it. What is prepared
     * stays so in the database, to be ended by another peer or after a restart; at H2 its connections stay open for that, see above. Repeating it has no effect.
     */
    @Override
    public void close() {
        branches.close();
        pool.close();
    }

    @Override
    public String toString() {
        return "XaParticipant(" + space.participant() + ", " + branches.size() + " open)";
    }

    /** Describes a participant. Not thread-safe. */
    public static final class Builder {
        private final XidSpace space;
        private final XADataSource dataSource;
        private int maxIdle = DEFAULT_MAX_IDLE;
        private int maxBranches = DEFAULT_MAX_BRANCHES;
        private @Nullable Duration transactionTimeout;

        private Builder(XidSpace space, XADataSource dataSource) {
            this.space = space;
            this.dataSource = dataSource;
        }

        /**
         * Sets how many connections are kept for later branches.
         *
         * @param connections not negative; {@value #DEFAULT_MAX_IDLE} unless set
         * @return this
         * @throws IllegalArgumentException if it is negative
         */
        public Builder maxIdle(int connections) {
            if (connections < 0) {
                throw new IllegalArgumentException("maxIdle " + connections + "; it is 0, to keep none, or more");
            }
            maxIdle = connections;
            return this;
        }

        /**
         * Sets how many branches may be open at once, each of which has a connection.
         *
         * @param branches positive; {@value #DEFAULT_MAX_BRANCHES} unless set
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxBranches(int branches) {
            if (branches <= 0) {
                throw new IllegalArgumentException("maxBranches " + branches + "; there must be room for some");
            }
            maxBranches = branches;
            return this;
        }

        /**
         * Sets after what time the database undoes a branch by itself that is not prepared. A wish: Derby grants it, H2 and PostgreSQL do
         * not. The coordinator's own timeout does not depend on it.
         *
         * @param timeout at least a second; XA counts in whole ones
         * @return this
         * @throws IllegalArgumentException if it is less than a second, or more than XA can count
         */
        public Builder transactionTimeout(Duration timeout) {
            if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.toSeconds() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "transaction timeout " + timeout + "; XA counts from 1 to " + Integer.MAX_VALUE + " seconds");
            }
            transactionTimeout = timeout;
            return this;
        }

        /**
         * Creates the participant. Does not connect.
         *
         * @return the participant, to be given to the coordinator under its name
         */
        public XaParticipant build() {
            return new XaParticipant(this);
        }
    }
}
