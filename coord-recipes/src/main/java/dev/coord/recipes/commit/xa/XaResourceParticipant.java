package dev.coord.recipes.commit.xa;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.commit.BlockingParticipant;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.Vote;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.transaction.xa.XAException;

/**
 * A resource manager that takes part in global transactions through {@link javax.transaction.xa.XAResource} but is no database: a
 * message broker by JMS, for example. The application opens sessions and works with them; this has them prepare and end. Thread-safe.
 * Names of branches, unknown branches and failures are as at {@link XaParticipant}. What it cannot do is to see the application's own
 * calls: after one has failed give the transaction up, and let none be at work when the commit begins.
 */
public final class XaResourceParticipant implements BlockingParticipant, AutoCloseable {
    private final XaBranches branches;

    private XaResourceParticipant(XaBranches branches) {
        this.branches = branches;
    }

    /**
     * Returns a participant.
     *
     * @param name the name by which the coordinator knows it: 1 to 40 letters, digits, dots, hyphens and underscores
     * @param domain the coordinator's path: see {@link XaParticipant#builder}
     * @param recovery opens a session to end branches with that have none in this process, and to list what is in doubt. Each one is
     *     closed after one call
     * @return the participant, for up to {@value XaParticipant#DEFAULT_MAX_BRANCHES} open branches
     * @throws IllegalArgumentException if the name or the domain is out of bounds
     */
    public static XaResourceParticipant of(String name, String domain, Callable<? extends XaSession> recovery) {
        requireNonNull(recovery, "recovery");
        SessionSource source = new SessionSource() {
            @Override
            public XaSession open() throws Exception {
                return recovery.call();
            }

            @Override
            public void giveBack(XaSession session) {
                SessionSource.drop(session);
            }

            @Override
            public void suspect() {}
        };
        return new XaResourceParticipant(
                new XaBranches(XidSpace.of(name, domain), source, XaParticipant.DEFAULT_MAX_BRANCHES));
    }

    /**
     * Has a session work for a transaction from now on, until the commit begins: the application must not use it for anything then.
     * Makes this participant part of the transaction. Blocks if the resource does.
     *
     * @param transaction neither committed nor given up, and without a session of this participant
     * @param session what works for it; belongs to this participant from now on, which closes it at the end of the branch, or at once if
     *     this fails
     * @throws XAException if the resource fails: give the transaction up
     * @throws IllegalArgumentException if the coordinator knows no participant of this name
     * @throws IllegalStateException if the transaction was committed or given up, or has a session
     * @throws dev.coord.LimitExceededException if there are too many branches
     * @throws dev.coord.ClosedException if this participant is closed
     */
    public void enlist(GlobalTransaction transaction, XaSession session) throws XAException {
        requireNonNull(session, "session");
        OpenBranch branch;
        try {
            branch = branches.begin(transaction);
        } catch (RuntimeException e) {
            SessionSource.drop(session);
            throw e;
        }
        try {
            branches.start(branch, session);
        } catch (XAException | RuntimeException e) {
            SessionSource.drop(session);
            branches.abandon(branch);
            throw e;
        }
        if (!branches.leave(branch)) {
            throw new IllegalStateException("transaction " + transaction.id() + " was given up meanwhile");
        }
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

    @Override
    public Set<String> recover() throws Exception {
        return branches.recover();
    }

    /**
     * Returns how many branches are open in this process.
     *
     * @return the number now
     */
    public int openBranches() {
        return branches.size();
    }

    /** Undoes what is not prepared and closes all sessions. What is prepared stays so in the resource. Repeating it has no effect. */
    @Override
    public void close() {
        branches.close();
    }
}
