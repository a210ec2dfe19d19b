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
    private long lastSequence;
    private PersistentMap.@Nullable Builder<Long, Result> results;

    SessionTable(State state) {
        this.state = state;
    }

    /** The result that the proposal has without being applied, null if its turn has come. */
    @Nullable
    Result lookUp(Proposal proposal) {
        if (!open(proposal.session())) {
            return NOT_FOUND;
        }
        acknowledge(proposal.acknowledged());
        if (proposal.sequence() > lastSequence + 1) {
            return new Result.OutOfOrder(lastSequence + 1);
        }
        if (proposal.sequence() <= lastSequence) {
            Result known = requireNonNull(results).get(proposal.sequence());
            // Acknowledged results are gone; whoever acknowledged no longer listens.
            return known == null ? new Result.Done() : known;
        }
        return null;
    }

    /** Records the result of the session's next proposal, unless the proposal ended the session. */
    void record(Proposal proposal, Result result) {
        if (openId == proposal.session()) {
            lastSequence = proposal.sequence();
            requireNonNull(results).put(proposal.sequence(), result);
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
            state.sessions.put(openId, new SessionState(lastSequence, results.build()));
        }
    }

    private boolean open(long session) {
        if (openId == session) {
            return true;
        }
        flush();
        SessionState stored = state.sessions.get(session);
        openId = stored == null ? Proposal.NO_SESSION : session;
        results = stored == null ? null : stored.results().toBuilder();
        lastSequence = stored == null ? 0 : stored.lastSequence();
        return stored != null;
    }

    private void acknowledge(long sequence) {
        PersistentMap.Builder<Long, Result> kept = requireNonNull(results);
        Long first;
        while ((first = kept.firstKey()) != null && first <= sequence) {
            kept.remove(first);
        }
    }
}
