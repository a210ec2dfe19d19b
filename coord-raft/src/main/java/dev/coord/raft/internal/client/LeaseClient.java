package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import dev.coord.LimitExceededException;
import dev.coord.lease.Lease;
import dev.coord.lease.LeaseInfo;
import dev.coord.lease.Leases;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.LeaseState;
import dev.coord.raft.internal.store.Result;
import dev.coord.raft.internal.store.View;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;

/** The leases of one handle. */
final class LeaseClient implements Leases {
    private final CoordHandle handle;
    private final ClientLimits limits;
    private final Set<LeaseHandle> held = new ConcurrentSkipListSet<>(Comparator.comparingLong(LeaseHandle::id));
    private final Set<Long> detached = ConcurrentHashMap.newKeySet();

    /** How many leases are held, detached ones and those being granted included. */
    private final AtomicInteger count = new AtomicInteger();

    LeaseClient(CoordHandle handle, ClientLimits limits) {
        this.handle = handle;
        this.limits = limits;
    }

    @Override
    public Lease grant(Duration ttl) throws InterruptedException {
        Waiting.refuseIfInterrupted();
        CompletableFuture<LeaseHandle> granted = request(ttl);
        try {
            return Waiting.await(handle.scheduler(), granted);
        } catch (InterruptedException | RuntimeException e) {
            // Nobody will close what is granted yet.
            granted.thenAccept(this::giveUp);
            throw e;
        }
    }

    @Override
    public CompletableFuture<Lease> grantAsync(Duration ttl) {
        return Waiting.handOver(request(ttl), handle.callbacks(), lease -> lease);
    }

    @Override
    public long grantDetached(Duration ttl) throws InterruptedException {
        Waiting.refuseIfInterrupted();
        return Waiting.await(handle.scheduler(), requestDetached(ttl));
    }

    @Override
    public CompletableFuture<Long> grantDetachedAsync(Duration ttl) {
        return Waiting.handOver(requestDetached(ttl), handle.callbacks(), id -> id);
    }

    private CompletableFuture<LeaseHandle> request(Duration ttl) {
        long sentAt = handle.ticker().nanos();
        return request(ttl, false, id -> hold(id, ttl, sentAt));
    }

    private CompletableFuture<Long> requestDetached(Duration ttl) {
        return request(ttl, true, id -> {
            detached.add(id);
            return id;
        });
    }

    private <T> CompletableFuture<T> request(Duration ttl, boolean detached, LongFunction<T> hold) {
        checkTtl(ttl);
        takePlace();
        CompletableFuture<T> granted;
        try {
            granted = issue(new Command.GrantLease(ttl.toMillis(), detached))
                    .thenApply(result -> hold.apply(((Result.Granted) result).lease()));
        } catch (CoordException e) {
            count.decrementAndGet();
            throw e;
        }
        granted.whenComplete((lease, error) -> {
            if (error != null) {
                count.decrementAndGet();
            }
        });
        return granted;
    }

    private void takePlace() {
        if (count.incrementAndGet() <= limits.maxLeases()) {
            return;
        }
        forgetEnded();
        if (count.get() > limits.maxLeases()) {
            count.decrementAndGet();
            throw new LimitExceededException(
                    "more than " + limits.maxLeases() + " leases in one session; close some or open another session");
        }
    }

    /** Nobody tells of the end of a detached lease; the replica knows, for the grant's result came by way of it. */
    private void forgetEnded() {
        View view = handle.replica().view();
        for (Long id : List.copyOf(detached)) {
            if (view.leases().get(id) == null && detached.remove(id)) {
                count.decrementAndGet();
            }
        }
    }

    /** Checks a time to live. */
    static void checkTtl(Duration ttl) {
        if (requireNonNull(ttl, "ttl").compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException("time to live " + ttl + "; it must be " + MIN_TTL + " to " + MAX_TTL);
        }
    }

    /** Checks a validity, which is never longer than the time to live. */
    static void checkValidity(Duration validity, Duration ttl) {
        if (requireNonNull(validity, "validity").compareTo(MIN_TTL) < 0 || validity.compareTo(ttl) > 0) {
            throw new IllegalArgumentException(
                    "validity " + validity + "; it must be " + MIN_TTL + " to the time to live, which is " + ttl);
        }
    }

    private LeaseHandle hold(long id, Duration ttl, long sentAt) {
        HeldLease lease = new HeldLease(id, ttl, ttl, handle.ticker(), handle.callbacks(), sentAt);
        LeaseHandle held = new LeaseHandle(this, lease);
        this.held.add(held);
        handle.core().keepAlive().hold(lease);
        if (handle.isClosing()) {
            // Perhaps the close did not see it any more. Not on this thread, which applies the log.
            handle.context().work().execute(() -> giveUp(held));
        }
        return held;
    }

    private Deadline deadline() {
        return Deadline.after(handle.ticker(), limits.operationTimeout());
    }

    private CompletableFuture<Result> issue(Command command) {
        return handle.admission().issueOrRefuse(command, deadline());
    }

    @Override
    public boolean revoke(long leaseId) throws InterruptedException {
        Waiting.refuseIfInterrupted();
        return existed(Waiting.await(handle.scheduler(), issue(new Command.RevokeLease(checkId(leaseId)))));
    }

    @Override
    public CompletableFuture<Boolean> revokeAsync(long leaseId) {
        return handle.admission()
                .issueAndTell(false, new Command.RevokeLease(checkId(leaseId)), deadline(), LeaseClient::existed);
    }

    @Override
    public boolean endIfSilent(long leaseId) throws InterruptedException {
        Waiting.refuseIfInterrupted();
        return Waiting.await(handle.scheduler(), requestEnd(leaseId));
    }

    @Override
    public CompletableFuture<Boolean> endIfSilentAsync(long leaseId) {
        return Waiting.handOver(requestEnd(leaseId), handle.callbacks(), gone -> gone);
    }

    private CompletableFuture<Boolean> requestEnd(long leaseId) {
        checkId(leaseId);
        handle.checkOpen();
        return handle.core().silent().end(leaseId, Deadline.after(handle.ticker(), limits.operationTimeout()));
    }

    private static long checkId(long leaseId) {
        if (leaseId <= 0) {
            throw new IllegalArgumentException("lease id " + leaseId + " is not positive");
        }
        return leaseId;
    }

    private static boolean existed(Result result) {
        return ((Result.Revoked) result).existed();
    }

    @Override
    public Optional<LeaseInfo> find(long leaseId) {
        handle.checkOpen();
        LeaseState state = handle.replica().view().leases().get(checkId(leaseId));
        if (state == null) {
            return Optional.empty();
        }
        List<String> keys = new ArrayList<>();
        state.keys().forEach(null, null, (key, attached) -> keys.add(key));
        return Optional.of(new LeaseInfo(leaseId, Duration.ofMillis(state.ttlMillis()), keys));
    }

    /** The deadline, or now if that is earlier. */
    Deadline past(Deadline deadline) {
        return deadline.isPast() ? deadline : Deadline.after(handle.ticker(), Duration.ZERO);
    }

    /** The signal of a lapse comes a little early; the store must not end the lease until its validity has passed. */
    void lost(LeaseHandle lease) {
        long left = lease.held().warningLeftNanos();
        if (left == 0) {
            giveUp(lease);
        } else if (held.contains(lease)) {
            // Not on the timer's thread: to send may wait for the log.
            handle.scheduler()
                    .schedule(
                            Duration.ofNanos(left),
                            () -> handle.context().work().execute(() -> giveUp(lease)));
        }
    }

    /** Gives a lease up: it is lost at once for its holder, and its revocation is on its way. */
    CompletableFuture<?> giveUp(LeaseHandle lease) {
        if (!held.remove(lease)) {
            return CompletableFuture.completedFuture(null);
        }
        count.decrementAndGet();
        lease.giveUp();
        boolean alive = !lease.held().whenEnded().isDone();
        handle.core().keepAlive().release(lease.held());
        return alive ? handle.revoke(lease.id()) : CompletableFuture.completedFuture(null);
    }

    /** Completes on a callback thread when an operation is done, with a result or without. */
    CompletableFuture<Void> settled(CompletableFuture<?> operation) {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        operation.whenComplete((result, error) -> handle.callbacks().execute(() -> settled.complete(null)));
        return settled;
    }

    void awaitDone(CompletableFuture<?> operation) throws InterruptedException {
        handle.scheduler().await(operation);
    }

    /** Gives all leases up, without waiting. */
    void giveUpAll() {
        held.forEach(this::giveUp);
    }
}
