package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.FutureRevisionException;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Kv;
import dev.coord.lease.Leases;
import dev.coord.lease.Session;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Result;
import dev.coord.time.Deadline;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** One session of the store, as the user holds it. */
final class CoordHandle implements Coord {
    private final PeerCore core;
    private final SessionSequence sequence;
    private final HeldLease lease;
    private final LeaseClient leases;
    private final KvClient kv;
    private final Admission admission;
    private final Set<HubWatch> watches = new ConcurrentSkipListSet<>(Comparator.comparingLong(HubWatch::number));
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean closed;

    /** The end of the session is on its way: what is still to be done must not depend on it. */
    private volatile boolean ending;

    /** Done when all writes issued so far are settled, in whatever order that happens. */
    private final AtomicReference<CompletableFuture<?>> writes =
            new AtomicReference<>(CompletableFuture.completedFuture(null));

    CoordHandle(PeerCore core, SessionSequence sequence, HeldLease lease) {
        this.core = core;
        this.sequence = sequence;
        this.lease = lease;
        this.admission = new Admission(this, sequence.places);
        this.leases = new LeaseClient(this, core.limits());
        this.kv = new KvClient(this, core.limits().operationTimeout(), false);
        lease.whenEnded().thenRun(this::sessionEnded);
    }

    @Override
    public Kv kv() {
        return kv;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public Session session() {
        return new SessionView(lease);
    }

    @Override
    public Ticker ticker() {
        return core.context().ticker();
    }

    @Override
    public Scheduler scheduler() {
        return core.context().scheduler();
    }

    @Override
    public Executor callbacks() {
        return core.context().callbacks();
    }

    long id() {
        return sequence.id;
    }

    PeerContext context() {
        return core.context();
    }

    PeerCore core() {
        return core;
    }

    Replica replica() {
        return core.replica();
    }

    Admission admission() {
        return admission;
    }

    ReadBarrier barrier() {
        return core.barrier();
    }

    // ---- writes

    /** Issues an operation that was let in. */
    CompletableFuture<Result> issue(Command command, Deadline deadline) {
        if (isClosed()) {
            return CompletableFuture.failedFuture(closedError());
        }
        if (lease.whenEnded().isDone()) {
            return CompletableFuture.failedFuture(expired(Outcome.NOT_APPLIED));
        }
        Operation operation = core.proposer().issue(sequence, command, deadline);
        writes.accumulateAndGet(operation.future, CoordHandle::both);
        CompletableFuture<Result> outcome = new CompletableFuture<>();
        operation.future.whenComplete((result, error) -> {
            if (error != null) {
                outcome.completeExceptionally(error);
            } else if (result instanceof Result.SessionNotFound) {
                // Sent once and answered, it was refused; sent again, an earlier copy may have been applied.
                outcome.completeExceptionally(expired(operation.attempts == 1 ? Outcome.NOT_APPLIED : Outcome.UNKNOWN));
            } else {
                outcome.complete(result);
            }
        });
        return outcome;
    }

    /** Revokes a lease that was given up: bound by no limit, as it frees what limits count, and not by the session's end. */
    CompletableFuture<?> revoke(long leaseId) {
        if (core.isClosed()) {
            return CompletableFuture.completedFuture(null);
        }
        Command command = new Command.RevokeLease(leaseId);
        Deadline deadline = Deadline.after(ticker(), core.limits().operationTimeout());
        Operation operation = ending || isEnded()
                ? core.proposer().issueSessionless(command, deadline)
                : core.proposer().issueUnlimited(sequence, command, deadline);
        return operation.future;
    }

    private static CompletableFuture<?> both(CompletableFuture<?> earlier, CompletableFuture<?> latest) {
        return earlier.isDone() ? latest : CompletableFuture.allOf(earlier, latest);
    }

    /** Done, perhaps with an error, when the writes issued so far are settled. */
    CompletableFuture<?> earlierWrites() {
        return requireNonNull(writes.get());
    }

    private SessionExpiredException expired(Outcome outcome) {
        return new SessionExpiredException(
                outcome,
                "session " + sequence.id + " has ended in the store; open a new one"
                        + (outcome == Outcome.UNKNOWN
                                ? " (this operation may have been applied: read before you repeat it)"
                                : ""));
    }

    void checkOpen() {
        if (isClosed()) {
            throw closedError();
        }
    }

    boolean isClosed() {
        return closed || core.isClosed();
    }

    ClosedException closedError() {
        return new ClosedException(
                Outcome.NOT_APPLIED,
                core.isClosed() ? core.context().ending() : "the handle of session " + sequence.id + " is closed");
    }

    private void sessionEnded() {
        if (!closing.get()) {
            context().measures().sessionsExpired.increment();
        }
        core.proposer()
                .end(sequence, operation -> expired(operation.wasSent() ? Outcome.UNKNOWN : Outcome.NOT_APPLIED));
    }

    // ---- watches

    @Override
    public Watch watch(WatchSpec spec, WatchListener listener) {
        checkOpen();
        core.watches().reserve();
        long present = replica().view().revision();
        long from = spec.fromRevision() == 0 ? present + 1 : spec.fromRevision();
        HubWatch watch = new HubWatch(core.watches(), callbacks(), spec, listener, from, watches::remove);
        watches.add(watch);
        if (from <= present + 1) {
            core.watches().add(watch);
        } else {
            addOnceReached(watch, from);
        }
        if (closing.get()) {
            // Perhaps the close did not see it any more.
            watch.endClosed();
        }
        return watch;
    }

    /** How many revisions the slowest watch of this handle is behind the given one. */
    long watchBacklog(long revision) {
        long most = 0;
        for (HubWatch watch : watches) {
            most = Math.max(most, revision - watch.deliveredRevision());
        }
        return most;
    }

    /** This replica may lag behind the revision; only the leader's word makes it one of the future. */
    private void addOnceReached(HubWatch watch, long from) {
        Deadline deadline = Deadline.after(ticker(), core.limits().operationTimeout());
        barrier()
                .pass(deadline)
                .whenCompleteAsync(
                        (passed, error) -> {
                            long present = replica().view().revision();
                            if (error instanceof CoordException cause) {
                                watch.end(cause);
                            } else if (from > present + 1) {
                                watch.end(new FutureRevisionException(from, present));
                            } else {
                                core.watches().add(watch);
                            }
                        },
                        context().work());
    }

    // ---- the end

    @Override
    public void close() {
        beginClose(core.limits().operationTimeout()).forEach(end -> awaitEnd(scheduler(), end));
        endClose();
    }

    /** Stops what the handle does and sends its end; nothing if that was done before or need not be. */
    Stream<Operation> beginClose(Duration timeout) {
        if (!closing.compareAndSet(false, true)) {
            return Stream.empty();
        }
        watches.forEach(HubWatch::endClosed);
        leases.giveUpAll();
        ending = true;
        lease.giveUp();
        if (core.isClosed() || lease.whenEnded().isDone()) {
            return Stream.empty();
        }
        return Stream.of(core.proposer()
                .issueSessionless(new Command.RevokeLease(sequence.id), Deadline.after(ticker(), timeout)));
    }

    static void awaitEnd(Scheduler scheduler, Operation revocation) {
        try {
            Waiting.await(scheduler, revocation.future);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CoordException e) {
            // The store could not be reached: the session ends by its time limit.
        }
    }

    void endClose() {
        if (!closed) {
            closed = true;
            sequence.places.turnAway();
            core.keepAlive().release(lease);
            core.forget(this);
        }
    }

    /** Ends the handle with its peer: nothing more can be sent. */
    void peerClosed() {
        closing.set(true);
        closed = true;
        sequence.places.turnAway();
        watches.forEach(HubWatch::endClosed);
    }

    boolean isClosing() {
        return closing.get();
    }

    boolean isEnded() {
        return closed || lease.whenEnded().isDone();
    }

    @Override
    public String toString() {
        return "Coord(session " + sequence.id + " at peer " + core.context().self() + (isEnded() ? ", ended)" : ")");
    }
}
