package dev.coord.raft.internal.store;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The sessions during the application of one entry. Proposals of a session mostly come in a row, so the session at hand
 * is kept open and written back when another is needed.
 */
final class SessionTable {
    private static final Result NOT_FOUND = new Result.SessionNotFound();

    private final State state;
    private long openId = Proposal.NO_SESSION;
    private Window.@Nullable Builder<Result> results;

    SessionTable(State state) {
        this.state = state;
    }

    /** The result that the proposal has without being applied, null if its turn has come. */
    @Nullable
    Result lookUp(Proposal proposal) {
        Window.Builder<Result> table = open(proposal.session());
        if (table == null) {
            return NOT_FOUND;
        }
        table.dropUpTo(proposal.acknowledged());
        if (proposal.sequence() > table.end()) {
            return new Result.OutOfOrder(table.end());
        }
        if (proposal.sequence() < table.end()) {
            Result known = table.get(proposal.sequence());
            // Acknowledged results are gone; whoever acknowledged no longer listens.
            return known == null ? new Result.Done() : known;
        }
        return null;
    }

    /** Records the result of the session's next proposal, unless the proposal ended the session. */
    void record(Proposal proposal, Result result) {
        if (openId == proposal.session()) {
            requireNonNull(results).append(result);
        }
    }

    /** Forgets a session that ends. */
    void forget(long session) {
        if (openId == session) {
            openId = Proposal.NO_SESSION;
            results = null;
        }
    }

    /** Writes the open session back. */
    void flush() {
        if (results != null) {
            state.sessions.put(openId, new SessionState(results.build()));
        }
    }

    private Window.@Nullable Builder<Result> open(long session) {
        if (openId != session) {
            flush();
            SessionState stored = state.sessions.get(session);
            openId = stored == null ? Proposal.NO_SESSION : session;
            results = stored == null ? null : stored.results().toBuilder();
        }
        return results;
    }
}
