package dev.coord.recipes.commit.xa;

import static java.util.Objects.requireNonNull;

import dev.coord.ClosedException;
import dev.coord.CoordException.Outcome;
import dev.coord.LimitExceededException;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.HeuristicException.Kind;
import dev.coord.recipes.commit.Vote;
import dev.coord.recipes.commit.xa.Ending.Result;
import dev.coord.recipes.commit.xa.OpenBranch.Phase;
import dev.coord.recipes.commit.xa.SessionPool.JdbcSession;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/** The branches of one participant that this process has opened, and the calls of coordinators for these and for others. */
final class XaBranches implements AutoCloseable {
    /** H2 closes a connection that is garbage, and so would undo what is prepared with it. */
    private static final Set<OpenBranch> LEFT_OPEN = ConcurrentHashMap.newKeySet();

    private final XidSpace space;
    private final SessionSource source;
    private final int maxBranches;
    private final Semaphore room;
    private final ConcurrentMap<String, OpenBranch> branches = new ConcurrentHashMap<>();
    private volatile boolean closed;

    XaBranches(XidSpace space, SessionSource source, int maxBranches) {
        this.space = space;
        this.source = source;
        this.maxBranches = maxBranches;
        this.room = new Semaphore(maxBranches);
    }

    int size() {
        return branches.size();
    }

    @Nullable
    OpenBranch find(String transaction) {
        return branches.get(transaction);
    }

    /**
     * Makes a transaction's branch known, without a session yet and with the turn at the caller. It is known before it is enlisted: an
     * abort that follows upon enlisting finds it.
     */
    OpenBranch begin(GlobalTransaction transaction) {
        OpenBranch branch = new OpenBranch(space.xid(transaction.id()));
        if (!room.tryAcquire()) {
            throw new LimitExceededException("no room for a branch of " + branch.xid + " besides " + maxBranches
                    + " open ones; end some, or raise maxBranches");
        }
        OpenBranch other = branches.putIfAbsent(transaction.id(), branch);
        if (other != null) {
            room.release();
            throw new IllegalStateException(
                    "transaction " + transaction.id() + " has a branch at " + space.participant()
                            + " that cannot be had now: it has a session, another thread is at work on it, or its commit has begun");
        }
        try {
            if (closed) {
                throw new ClosedException(Outcome.NOT_APPLIED, "participant " + space.participant() + " is closed");
            }
            transaction.enlist(space.participant());
            return branch;
        } catch (RuntimeException e) {
            branch.hand(Phase.TAKEN);
            remove(branch);
            throw e;
        }
    }

    /** Has a session work for a branch from now on. */
    void start(OpenBranch branch, XaSession session) throws XAException {
        session.resource().start(branch.xid, XAResource.TMNOFLAGS);
        branch.session = session;
    }

    /** Gives up a branch that could not be started. */
    void abandon(OpenBranch branch) {
        branch.hand(Phase.TAKEN);
        remove(branch);
    }

    /**
     * Ends a call of the application.
     *
     * @return false if the branch was given up meanwhile, and is undone now
     */
    boolean leave(OpenBranch branch) {
        if (branch.pass(Phase.CALL, Phase.OPEN)) {
            return true;
        }
        branch.hand(Phase.TAKEN);
        branch.altered = true; // A late cancel must not meet the next branch of the same session.
        undo(branch);
        return false;
    }

    Vote prepare(Branch call) throws Exception {
        OpenBranch branch = branches.get(call.transaction());
        if (branch == null) {
            return Vote.refused("participant " + space.participant() + " has no work of transaction "
                    + call.transaction() + " in this process: its branch was undone, or it was done elsewhere");
        }
        branch.fence(call.token());
        if (branch.pass(Phase.OPEN, Phase.TAKEN)) {
            return prepare(branch, call.token());
        }
        if (branch.phase() == Phase.PREPARED) {
            return Vote.prepared();
        }
        if (branch.pass(Phase.CALL, Phase.DOOMED)) {
            branch.cancel();
            return Vote.refused(
                    "a statement of transaction " + call.transaction() + " was at work when it was to commit");
        }
        throw busy(branch);
    }

    private Vote prepare(OpenBranch branch, long token) throws XAException {
        XaSession session = requireNonNull(branch.session);
        branch.closeStatements();
        if (session instanceof JdbcSession jdbc && jdbc.product().mayHaveFailed(branch.failure != null)) {
            try {
                jdbc.check(branch.failure != null);
            } catch (SQLException e) {
                SQLException failure = branch.failure == null ? e : branch.failure;
                undo(branch);
                return Vote.refused(
                        "participant " + space.participant() + " has failed with a statement: " + failure.getMessage());
            }
        }
        int answer;
        try {
            session.resource().end(branch.xid, XAResource.TMSUCCESS);
            answer = session.resource().prepare(branch.xid);
        } catch (XAException e) {
            if (XaErrors.isRolledBack(e)) {
                rollbackOnly(branch, session);
                return Vote.refused("participant " + space.participant() + " has rolled back: " + XaErrors.describe(e));
            }
            lose(branch, session, Phase.UNSURE);
            throw e;
        } catch (RuntimeException e) {
            lose(branch, session, Phase.UNSURE);
            throw e;
        }
        if (answer == XAResource.XA_RDONLY) {
            release(branch, session);
            return Vote.readOnly();
        }
        branch.preparedUnder = token;
        branch.hand(Phase.PREPARED);
        return Vote.prepared();
    }

    /** A resource that refuses may still wait for the rollback that XA demands then. */
    private void rollbackOnly(OpenBranch branch, XaSession session) {
        try {
            session.resource().rollback(branch.xid);
        } catch (XAException | RuntimeException e) {
            // It has done so already; to close the session does it in any case, as nothing was prepared.
        }
        SessionSource.drop(session);
        remove(branch);
    }

    void commit(Branch call) throws Exception {
        OpenBranch branch = branches.get(call.transaction());
        if (branch == null) {
            endElsewhere(call, true);
            return;
        }
        branch.fence(call.token());
        if (!takePrepared(branch)) {
            throw busy(branch);
        }
        endPrepared(branch, call.token(), true);
    }

    void abort(Branch call) throws Exception {
        OpenBranch branch = branches.get(call.transaction());
        if (branch == null) {
            endElsewhere(call, false);
            return;
        }
        branch.fence(call.token());
        if (branch.pass(Phase.OPEN, Phase.TAKEN)) {
            undo(branch);
        } else if (branch.pass(Phase.CALL, Phase.DOOMED)) {
            branch.cancel();
        } else if (takePrepared(branch)) {
            endPrepared(branch, call.token(), false);
        } else if (branch.phase() != Phase.DOOMED) {
            throw busy(branch);
        }
    }

    private static boolean takePrepared(OpenBranch branch) {
        return branch.pass(Phase.PREPARED, Phase.TAKEN) || branch.pass(Phase.UNSURE, Phase.TAKEN);
    }

    private static IllegalStateException busy(OpenBranch branch) {
        return new IllegalStateException("branch " + branch.xid + " is " + branch.phase()
                + ": another call is at work on it, or it was not prepared; ask again");
    }

    /** Undoes what was not prepared. It cannot fail: if all else does, the resource undoes it when its session breaks. */
    private void undo(OpenBranch branch) {
        XaSession session = branch.session;
        if (session == null) {
            remove(branch);
            return;
        }
        branch.closeStatements();
        try {
            session.resource().end(branch.xid, XAResource.TMFAIL);
        } catch (XAException | RuntimeException e) {
            // A resource may answer that it is to be rolled back, which is what follows.
        }
        try {
            session.resource().rollback(branch.xid);
            release(branch, session);
        } catch (XAException | RuntimeException e) {
            SessionSource.drop(session);
            source.suspect();
            remove(branch);
        }
    }

    private void endPrepared(OpenBranch branch, long token, boolean commit) throws Exception {
        boolean isFirst = branch.preparedUnder != 0 && branch.preparedUnder == token;
        Result result;
        try {
            XaSession own = branch.session;
            if (own != null) {
                result = Ending.own(own.resource(), branch.xid, commit);
                branch.altered |= result == Result.GONE; // The session still takes itself for the branch's.
                release(branch, own);
            } else {
                result = throughAnother(branch.xid, commit);
                remove(branch);
            }
        } catch (HeuristicException e) {
            drop(branch);
            throw e;
        } catch (XAException e) {
            retryLater(branch, e);
            throw e;
        } catch (Exception | Error e) {
            lose(branch, branch.session, Phase.PREPARED);
            throw e;
        }
        if (result == Result.GONE && isFirst) {
            throw new HeuristicException(
                    Kind.HAZARD,
                    "branch " + branch.xid + " was prepared here, and the resource does not "
                            + "know it any more though nobody was told to " + (commit ? "commit" : "abort")
                            + " it: somebody has committed or rolled it back by hand");
        }
    }

    private void retryLater(OpenBranch branch, XAException e) {
        if (e.errorCode == XAException.XA_RETRY) {
            branch.hand(Phase.PREPARED); // Nothing has happened, says XA; a session that was lost stays lost.
        } else {
            lose(branch, branch.session, Phase.PREPARED);
        }
    }

    private void endElsewhere(Branch call, boolean commit) throws Exception {
        throughAnother(space.xid(call.transaction()), commit);
    }

    private Result throughAnother(BranchXid xid, boolean commit) throws Exception {
        return inSession(resource -> Ending.foreign(resource, xid, commit));
    }

    /** Has the resource forget what it has decided alone, now that it is recorded. */
    void forget(Branch call) throws Exception {
        BranchXid xid = space.xid(call.transaction());
        boolean ignored = inSession(resource -> Ending.forget(resource, xid));
    }

    /** What is done in a session of its own. */
    @FunctionalInterface
    private interface Use<T> {
        T of(XAResource resource) throws Exception;
    }

    private <T> T inSession(Use<T> use) throws Exception {
        XaSession session = open();
        T result;
        try {
            result = use.of(session.resource());
        } catch (Exception | Error e) {
            SessionSource.drop(session);
            source.suspect();
            throw e;
        }
        source.giveBack(session);
        return result;
    }

    /** Lists what the resource has in doubt, and what it had: whoever prepared a branch is to hear what became of it. */
    Set<String> recover() throws Exception {
        Set<String> inDoubt = new HashSet<>();
        branches.forEach((transaction, branch) -> {
            if (branch.phase() == Phase.PREPARED || branch.phase() == Phase.UNSURE) {
                inDoubt.add(transaction);
            }
        });
        for (Xid xid : inSession(Ending::scan)) {
            space.transaction(xid).ifPresent(inDoubt::add);
        }
        return inDoubt;
    }

    private XaSession open() throws Exception {
        if (closed) {
            throw new ClosedException(Outcome.NOT_APPLIED, "participant " + space.participant() + " is closed");
        }
        return source.open();
    }

    /** The session is broken, and whether the resource has done what it was asked for is unknown. */
    private void lose(OpenBranch branch, @Nullable XaSession session, Phase next) {
        if (session != null) {
            SessionSource.drop(session);
        }
        source.suspect();
        branch.session = null;
        branch.preparedUnder = 0;
        branch.hand(next);
    }

    private void release(OpenBranch branch, XaSession session) {
        if (branch.altered) {
            SessionSource.drop(session);
        } else {
            source.giveBack(session);
        }
        remove(branch);
    }

    private void drop(OpenBranch branch) {
        if (branch.session != null) {
            SessionSource.drop(branch.session);
        }
        remove(branch);
    }

    private void remove(OpenBranch branch) {
        if (branches.remove(branch.xid.transaction(), branch)) {
            LEFT_OPEN.remove(branch);
            room.release();
        }
    }

    /**
     * Undoes what is not prepared, and leaves what is to the resource, where any process ends it. Where it would be lost with its
     * session that stays open, and is the branch's own still if a coordinator asks for its end.
     */
    @Override
    public void close() {
        closed = true;
        for (OpenBranch branch : branches.values()) {
            if (branch.pass(Phase.OPEN, Phase.TAKEN)) {
                undo(branch);
            } else if (branch.pass(Phase.CALL, Phase.DOOMED)) {
                branch.cancel();
            } else if (branch.session instanceof JdbcSession jdbc && jdbc.product() == Product.H2) {
                LEFT_OPEN.add(branch);
            } else if (takePrepared(branch)) {
                drop(branch);
            }
        }
    }
}
