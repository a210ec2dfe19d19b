package dev.coord.chaos.wire;

import dev.coord.lease.Lease;
import dev.coord.lease.LeaseInfo;
import dev.coord.lease.Leases;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.ValueCodec;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The leases of a peer's handle. */
record RemoteLeases(Link link) implements Leases {

    @Override
    public Lease grant(Duration ttl) throws InterruptedException {
        return RemoteKv.join(grantAsync(ttl));
    }

    @Override
    public CompletableFuture<Lease> grantAsync(Duration ttl) {
        long sent = Held.now();
        return link.ask(Verb.GRANT, out -> out.putNumber(ttl.toNanos()), in -> granted(in, ttl, sent));
    }

    private Lease granted(Reader in, Duration ttl, long sentNanos) {
        long id = in.getNumber();
        long left = in.getNumber();
        Held held = new Held(link, Verb.LEASE_VALIDITY, out -> out.putNumber(id), ttl, false);
        held.begin(sentNanos, left);
        return new RemoteLease(link, id, ttl, held);
    }

    @Override
    public long grantDetached(Duration ttl) throws InterruptedException {
        return RemoteKv.join(grantDetachedAsync(ttl));
    }

    @Override
    public CompletableFuture<Long> grantDetachedAsync(Duration ttl) {
        return link.ask(Verb.GRANT_DETACHED, out -> out.putNumber(ttl.toNanos()), Reader::getNumber);
    }

    @Override
    public boolean revoke(long leaseId) throws InterruptedException {
        return RemoteKv.join(revokeAsync(leaseId));
    }

    @Override
    public CompletableFuture<Boolean> revokeAsync(long leaseId) {
        return link.ask(Verb.REVOKE, out -> out.putNumber(leaseId), Reader::getBoolean);
    }

    @Override
    public boolean endIfSilent(long leaseId) throws InterruptedException {
        return RemoteKv.join(endIfSilentAsync(leaseId));
    }

    @Override
    public CompletableFuture<Boolean> endIfSilentAsync(long leaseId) {
        return link.ask(Verb.END_IF_SILENT, out -> out.putNumber(leaseId), Reader::getBoolean);
    }

    @Override
    public Optional<LeaseInfo> find(long leaseId) {
        return link.ask(Verb.FIND, out -> out.putNumber(leaseId), in -> found(leaseId, in))
                .join();
    }

    private static Optional<LeaseInfo> found(long leaseId, Reader in) {
        if (!in.getBoolean()) {
            return Optional.empty();
        }
        Duration ttl = Duration.ofNanos(in.getNumber());
        return Optional.of(new LeaseInfo(leaseId, ttl, ValueCodec.getList(in, Reader::getText)));
    }

    /** A lease that a peer keeps alive. */
    private record RemoteLease(Link link, long id, Duration ttl, Held held) implements Lease {

        @Override
        public boolean isValid() {
            return held.isValid();
        }

        @Override
        public Deadline validUntil() {
            return held.validUntil();
        }

        @Override
        public CompletableFuture<Void> lost() {
            return held.lapsed();
        }

        @Override
        public CompletableFuture<Void> closeAsync() {
            held.end();
            CompletableFuture<Void> closed = new CompletableFuture<>();
            link.ask(Verb.CLOSE_LEASE, out -> out.putNumber(id), in -> true)
                    .whenComplete((done, error) -> closed.complete(null));
            return closed;
        }

        @Override
        public void close() {
            closeAsync().join();
        }
    }
}
