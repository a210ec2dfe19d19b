package dev.coord.recipes.fake;

import dev.coord.lease.Lease;
import dev.coord.lease.LeaseInfo;
import dev.coord.lease.Leases;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Knows which sessions live; grants leases that nobody keeps alive. */
record FakeLeases(FakeCoord coord) implements Leases {

    @Override
    public Lease grant(Duration ttl) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Lease> grantAsync(Duration ttl) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long grantDetached(Duration ttl) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Long> grantDetachedAsync(Duration ttl) {
        CompletableFuture<Long> granted = new CompletableFuture<>();
        coord.later(
                coord.world.delay(), () -> granted.complete(coord.world.store().openLease(ttl.toNanos())));
        return granted;
    }

    @Override
    public boolean revoke(long leaseId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Boolean> revokeAsync(long leaseId) {
        CompletableFuture<Boolean> revoked = new CompletableFuture<>();
        coord.later(coord.world.delay(), () -> {
            boolean live = coord.world.store().isSession(leaseId);
            coord.world.store().endSession(leaseId);
            revoked.complete(live);
        });
        return revoked;
    }

    @Override
    public boolean endIfSilent(long leaseId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Boolean> endIfSilentAsync(long leaseId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<LeaseInfo> find(long leaseId) {
        return coord.world.store().isSession(leaseId)
                ? Optional.of(new LeaseInfo(leaseId, Duration.ofSeconds(1), List.of()))
                : Optional.empty();
    }
}
