package dev.coord.recipes.commit.xa;

import static java.util.Objects.requireNonNull;

import dev.coord.FencedException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A branch that has a session in this process. One at a time is at work on it: a call of the application, or one of a coordinator.
 * Whose turn it is, is its phase, which passes on by compare-and-set; nobody waits for a turn. The other fields belong to whoever has
 * the turn, and are published by the phase.
 */
final class OpenBranch {

    enum Phase {
        /** The application may call. */
        OPEN,
        /** A call of the application is at work. */
        CALL,
        /** A call of the application is at work, which undoes the branch when it is over. */
        DOOMED,
        /** A coordinator's call is at work, or has ended the branch. */
        TAKEN,
        /** Ready for either outcome. */
        PREPARED,
        /** Perhaps ready: the call that was to prepare it failed. */
        UNSURE
    }

    final BranchXid xid;

    /** Without a session the branch's fate is in the database alone. */
    @Nullable
    XaSession session;

    /** What the application has left open. */
    final Set<Statement> statements = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Whether the application has changed the session in a way that outlasts the branch. */
    boolean altered;

    /** What the application's last call that failed has failed with. */
    @Nullable
    SQLException failure;

    /** Under which token it was prepared; 0 unless surely prepared here, and not told the outcome since. */
    long preparedUnder;

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.CALL);
    private final AtomicLong greatestToken = new AtomicLong();
    private volatile @Nullable Statement running;

    OpenBranch(BranchXid xid) {
        this.xid = xid;
    }

    Phase phase() {
        return requireNonNull(phase.get());
    }

    boolean pass(Phase from, Phase to) {
        return phase.compareAndSet(from, to);
    }

    /** Has the turn's owner hand it on. */
    void hand(Phase to) {
        phase.set(to);
    }

    boolean isWithApplication() {
        Phase now = phase.get();
        return now == Phase.OPEN || now == Phase.CALL;
    }

    /** Refuses a coordinator that another has taken over from. Token 0 compares with nothing: nobody has attempted anything. */
    void fence(long token) {
        long greatest = greatestToken.accumulateAndGet(token, Math::max);
        if (token != 0 && token < greatest) {
            throw new FencedException("token " + token + " for branch " + xid + " was refused: " + greatest
                    + " was accepted before; another coordinator has taken over");
        }
    }

    void running(@Nullable Statement statement) {
        running = statement;
    }

    /** Breaks off what the application is waiting for: it may be in a deadlock that no database sees. */
    void cancel() {
        Statement statement = running;
        if (statement != null) {
            try {
                statement.cancel();
            } catch (SQLException e) {
                // Then it ends when it ends, or when its connection breaks; the branch is undone all the same.
            }
        }
    }

    void closeStatements() {
        for (Statement statement : statements) {
            try {
                statement.close();
            } catch (SQLException e) {
                // The end of the branch frees it.
            }
        }
        statements.clear();
    }
}
