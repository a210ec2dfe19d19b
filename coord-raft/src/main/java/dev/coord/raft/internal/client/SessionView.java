package dev.coord.raft.internal.client;

import dev.coord.lease.Session;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A session as the user sees it. */
record SessionView(HeldLease lease) implements Session {

    @Override
    public long id() {
        return lease.id();
    }

    @Override
    public Duration ttl() {
        return lease.ttl();
    }

    @Override
    public Duration validity() {
        return lease.validity();
    }

    @Override
    public boolean isValid() {
        return lease.isValid();
    }

    @Override
    public Deadline validUntil() {
        return lease.validUntil();
    }

    @Override
    public CompletableFuture<Void> lapsed() {
        return lease.lapsed();
    }

    @Override
    public CompletableFuture<Void> expired() {
        return lease.whenEnded();
    }

    @Override
    public long nextNumber() {
        return lease.nextNumber();
    }

    @Override
    public String toString() {
        return "Session(" + id() + (isValid() ? ", valid until " + validUntil() + ")" : ", not valid)");
    }
}
