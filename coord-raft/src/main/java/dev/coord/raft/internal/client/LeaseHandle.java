package dev.coord.raft.internal.client;

import dev.coord.lease.Lease;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A lease as the user holds it: once its validity has lapsed it is lost for good. */
final class LeaseHandle implements Lease {
    private final LeaseClient client;
    private final HeldLease held;
    private final CompletableFuture<Void> lost;
    private volatile boolean givenUp;

    LeaseHandle(LeaseClient client, HeldLease held) {
        this.client = client;
        this.held = held;
        this.lost = held.lapsed();
        lost.thenRun(() -> client.lost(this));
    }

    /** From now on it is invalid; the loss signal follows on a callback thread. */
    void giveUp() {
        givenUp = true;
    }

    HeldLease held() {
        return held;
    }

    @Override
    public long id() {
        return held.id();
    }

    @Override
    public Duration ttl() {
        return held.ttl();
    }

    @Override
    public boolean isValid() {
        return !givenUp && !lost.isDone() && held.isValid();
    }

    @Override
    public Deadline validUntil() {
        Deadline until = held.validUntil();
        return isValid() ? until : client.past(until);
    }

    @Override
    public CompletableFuture<Void> lost() {
        return lost;
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return client.settled(client.giveUp(this));
    }

    @Override
    public void close() {
        try {
            // Refused or not heard of, the revocation is of no interest: the lease ends by its time limit.
            client.awaitDone(client.giveUp(this));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
