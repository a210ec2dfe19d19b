package dev.coord.testkit.history;

import dev.coord.lease.Session;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A session whose holder's belief is recorded. */
record RecordingSession(Session session, LiveHolding holding, Journal journal) implements Session {

    @Override
    public long id() {
        return session.id();
    }

    @Override
    public Duration ttl() {
        return session.ttl();
    }

    @Override
    public Duration validity() {
        return session.validity();
    }

    @Override
    public boolean isValid() {
        long asked = journal.latest();
        boolean valid = session.isValid();
        if (valid) {
            holding.valid(asked);
        }
        return valid;
    }

    @Override
    public Deadline validUntil() {
        Deadline until = session.validUntil();
        holding.validUntil(until);
        return until;
    }

    @Override
    public CompletableFuture<Void> lapsed() {
        return session.lapsed();
    }

    @Override
    public CompletableFuture<Void> expired() {
        return session.expired();
    }

    @Override
    public long nextNumber() {
        return session.nextNumber();
    }
}
