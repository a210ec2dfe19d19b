package dev.coord.recipes.commit.xa;

import dev.coord.recipes.commit.HeuristicException.Kind;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import javax.transaction.xa.XAException;

/** What the codes of an {@link XAException} mean for a branch that is being ended. */
final class XaErrors {
    /** PostgreSQL's undefined_object and H2's TRANSACTION_NOT_FOUND: their drivers report these as errors of another kind at times. */
    private static final Set<String> UNKNOWN_TRANSACTION = Set.of("42704", "90129");

    private XaErrors() {}

    /** Tells whether the resource has rolled the branch back, of its own accord. */
    static boolean isRolledBack(XAException e) {
        return e.errorCode >= XAException.XA_RBBASE && e.errorCode <= XAException.XA_RBEND;
    }

    /** Tells whether the resource knows no such branch. */
    static boolean isUnknownBranch(XAException e) {
        if (e.errorCode == XAException.XAER_NOTA) {
            return true;
        }
        return e.getCause() instanceof SQLException cause
                && cause.getSQLState() != null
                && UNKNOWN_TRANSACTION.contains(cause.getSQLState());
    }

    static Optional<Kind> heuristic(XAException e) {
        return switch (e.errorCode) {
            case XAException.XA_HEURCOM -> Optional.of(Kind.COMMITTED);
            case XAException.XA_HEURRB -> Optional.of(Kind.ABORTED);
            case XAException.XA_HEURMIX -> Optional.of(Kind.MIXED);
            case XAException.XA_HEURHAZ -> Optional.of(Kind.HAZARD);
            default -> Optional.empty();
        };
    }

    /** Says what an operator should read; an {@link XAException} often has no message at all. */
    static String describe(Exception e) {
        String code = e instanceof XAException xa
                ? "XA error " + name(xa.errorCode)
                : e.getClass().getSimpleName();
        Throwable told = e.getMessage() == null && e.getCause() != null ? e.getCause() : e;
        String reason = e.getCause() instanceof SQLException cause ? cause.getMessage() : told.getMessage();
        return reason == null ? code : code + ": " + reason;
    }

    private static String name(int code) {
        return switch (code) {
            case XAException.XA_RBROLLBACK -> "XA_RBROLLBACK";
            case XAException.XA_RBCOMMFAIL -> "XA_RBCOMMFAIL";
            case XAException.XA_RBDEADLOCK -> "XA_RBDEADLOCK";
            case XAException.XA_RBINTEGRITY -> "XA_RBINTEGRITY";
            case XAException.XA_RBOTHER -> "XA_RBOTHER";
            case XAException.XA_RBPROTO -> "XA_RBPROTO";
            case XAException.XA_RBTIMEOUT -> "XA_RBTIMEOUT";
            case XAException.XA_RBTRANSIENT -> "XA_RBTRANSIENT";
            case XAException.XA_RETRY -> "XA_RETRY";
            case XAException.XA_HEURCOM -> "XA_HEURCOM";
            case XAException.XA_HEURRB -> "XA_HEURRB";
            case XAException.XA_HEURMIX -> "XA_HEURMIX";
            case XAException.XA_HEURHAZ -> "XA_HEURHAZ";
            case XAException.XAER_NOTA -> "XAER_NOTA";
            case XAException.XAER_RMERR -> "XAER_RMERR";
            case XAException.XAER_RMFAIL -> "XAER_RMFAIL";
            case XAException.XAER_PROTO -> "XAER_PROTO";
            case XAException.XAER_DUPID -> "XAER_DUPID";
            default -> Integer.toString(code);
        };
    }
}
