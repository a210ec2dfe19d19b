package dev.coord.recipes.commit.xa;

import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.HeuristicException.Kind;
import java.util.Optional;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** Commits or rolls back a prepared branch, and says what came of it. */
final class Ending {

    enum Result {
        DONE,
        /** The resource does not know it: it was ended before. */
        GONE
    }

    private static final int WHOLE_SCAN = XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN;

    private Ending() {}

    /** Ends a branch through the session that prepared it. */
    static Result own(XAResource resource, BranchXid xid, boolean commit) throws XAException {
        try {
            if (commit) {
                resource.commit(xid, false);
            } else {
                resource.rollback(xid);
            }
            return Result.DONE;
        } catch (XAException e) {
            return judge(xid, commit, e);
        }
    }

    /**
     * Ends a branch through another session. It looks at the list first: the driver of H2 rolls back nothing, and reports success, unless
     * the session has listed what is in doubt; and codes for an unknown branch differ between drivers.
     */
    static Result foreign(XAResource resource, BranchXid xid, boolean commit) throws XAException {
        for (Xid listed : scan(resource)) {
            if (xid.isSame(listed)) {
                return own(resource, xid, commit);
            }
        }
        return Result.GONE;
    }

    static Xid[] scan(XAResource resource) throws XAException {
        Xid[] listed = resource.recover(WHOLE_SCAN);
        return listed == null ? new Xid[0] : listed;
    }

    private static Result judge(BranchXid xid, boolean commit, XAException e) throws XAException {
        if (XaErrors.isUnknownBranch(e)) {
            return Result.GONE;
        }
        if (XaErrors.isRolledBack(e)) {
            if (!commit) {
                return Result.DONE;
            }
            throw new HeuristicException(
                    Kind.ABORTED,
                    "branch " + xid + " was prepared, then rolled back by the resource: " + XaErrors.describe(e));
        }
        Optional<Kind> heuristic = XaErrors.heuristic(e);
        if (heuristic.isPresent()) {
            throw new HeuristicException(
                    heuristic.get(), "branch " + xid + " was decided by the resource alone: " + XaErrors.describe(e));
        }
        throw e;
    }

    /** Has a resource forget what it has decided alone, if it still lists that. */
    static boolean forget(XAResource resource, BranchXid xid) throws XAException {
        for (Xid listed : scan(resource)) {
            if (xid.isSame(listed)) {
                resource.forget(xid);
                return true;
            }
        }
        return false;
    }
}
