package dev.coord.testkit.history;

import dev.coord.lease.Lease;
import dev.coord.lease.LeaseInfo;
import dev.coord.lease.Leases;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Records grants, revocations and look-ups, and what holders believe of what was granted. */
record RecordingLeases(Leases leases, Recorder recorder) implements Leases {

    @Override
    public Lease grant(Duration ttl) throws InterruptedException {
        return held(recorder.blocking(
                new Input.Grant(ttl), () -> leases.grant(ttl), lease -> new Output.Granted(lease.id())));
    }

    @Override
    public CompletableFuture<Lease> grantAsync(Duration ttl) {
        return recorder.async(
                new Input.Grant(ttl),
                () -> leases.grantAsync(ttl),
                lease -> new Output.Granted(lease.id()),
                this::held);
    }

    @Override
    public long grantDetached(Duration ttl) throws InterruptedException {
        long asked = recorder.journal().nanos();
        return relied(
                recorder.blocking(new Input.Grant(ttl), () -> leases.grantDetached(ttl), Output.Granted::new),
                ttl,
                asked);
    }

    @Override
    public CompletableFuture<Long> grantDetachedAsync(Duration ttl) {
        long asked = recorder.journal().nanos();
        return recorder.async(
                new Input.Grant(ttl),
                () -> leases.grantDetachedAsync(ttl),
                Output.Granted::new,
                id -> relied(id, ttl, asked));
    }

    /** Nobody renews it, and the end of the handle is not its end. */
    private long relied(long id, Duration ttl, long asked) {
        LiveHolding holding = new LiveHolding(recorder.journal(), recorder.process(), id, ttl, false);
        holding.validFrom(asked);
        recorder.journal().add(holding);
        return id;
    }

    private Lease held(Lease lease) {
        return new RecordingLease(lease, recorder.holding(lease.id(), lease.ttl(), false), recorder);
    }

    @Override
    public boolean revoke(long leaseId) throws InterruptedException {
        return recorder.blocking(new Input.Revoke(leaseId), () -> leases.revoke(leaseId), Output.Existed::new);
    }

    @Override
    public CompletableFuture<Boolean> revokeAsync(long leaseId) {
        return recorder.async(
                new Input.Revoke(leaseId), () -> leases.revokeAsync(leaseId), Output.Existed::new, existed -> existed);
    }

    /** Not recorded: to a history it is an expiry, which nobody asks for. */
    @Override
    public boolean endIfSilent(long leaseId) throws InterruptedException {
        return leases.endIfSilent(leaseId);
    }

    @Override
    public CompletableFuture<Boolean> endIfSilentAsync(long leaseId) {
        return leases.endIfSilentAsync(leaseId);
    }

    @Override
    public Optional<LeaseInfo> find(long leaseId) {
        Call call = recorder.journal().call(recorder.process(), new Input.Find(leaseId));
        Optional<LeaseInfo> found;
        try {
            found = leases.find(leaseId);
        } catch (RuntimeException | Error e) {
            call.failed(e);
            throw e;
        }
        call.replied(new Output.Existed(found.isPresent()));
        return found;
    }

    /** A lease whose holder's belief is recorded. */
    private record RecordingLease(Lease lease, LiveHolding holding, Recorder recorder) implements Lease {

        @Override
        public long id() {
            return lease.id();
        }

        @Override
        public Duration ttl() {
            return lease.ttl();
        }

        @Override
        public boolean isValid() {
            long asked = recorder.journal().latest();
            boolean valid = lease.isValid();
            if (valid) {
                holding.valid(asked);
            }
            return valid;
        }

        @Override
        public Deadline validUntil() {
            Deadline until = lease.validUntil();
            holding.validUntil(until);
            return until;
        }

        @Override
        public CompletableFuture<Void> lost() {
            return lease.lost();
        }

        @Override
        public CompletableFuture<Void> closeAsync() {
            holding.closing();
            return recorder.async(
                    new Input.Close(lease.id()), lease::closeAsync, done -> new Output.Done(), Function.identity());
        }

        @Override
        public void close() {
            holding.closing();
            recorder.run(new Input.Close(lease.id()), lease::close);
        }
    }
}
