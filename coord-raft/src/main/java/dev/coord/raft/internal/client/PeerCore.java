package dev.coord.raft.internal.client;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException.Outcome;
import dev.coord.LimitExceededException;
import dev.coord.net.Messenger;
import dev.coord.raft.internal.codec.CodecException;
import dev.coord.raft.internal.codec.CommandCodec;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Result;
import dev.coord.raft.internal.store.View;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A peer without its Raft: the replica and everything that serves handles from it and other peers about it. Runs on the
 * services it is given, real or simulated.
 */
public final class PeerCore implements AutoCloseable {

    /** What a peer knows of another's data directory. */
    public enum Acquaintance {
        /** This peer knows nothing of a cluster yet. */
        UNKNOWN,
        /** This peer takes part, and cannot tell before it has caught up with a Raft leader. */
        NOT_YET_KNOWN,
        /** The other is a member, and has never taken part. */
        EXPECTED,
        /** This peer takes part in a cluster of which the other is no member. */
        NOT_A_MEMBER,
        /** The other takes part, with this directory. */
        SAME_DIRECTORY,
        /** The other has taken part with another directory: this one has lost its memory. */
        OTHER_DIRECTORY
    }

    private final PeerContext context;
    private final ClientLimits limits;
    private final Replica replica = new Replica();
    private final Proposer proposer;
    private final TermConfirmation confirmation;
    private final ReadBarrier barrier;
    private final LeaseKeeper keeper;
    private final KeepAlive keepAlive;
    private final SilentLeases silent;
    private final WatchHub watches;
    private final Housekeeping housekeeping;
    private final FailoverHint failover;
    private final MemberChanges memberChanges;
    private final PeerMessenger messenger;
    private final Mailbox appends;
    private final Set<CoordHandle> handles = new ConcurrentSkipListSet<>(Comparator.comparingLong(CoordHandle::id));
    private volatile boolean takesPart;

    /**
     * Creates the core of a peer.
     *
     * @param self the peer's id
     * @param members the ids of all peers of the cluster
     * @param directory the id of its data directory
     * @param services what it runs on
     * @param electionTimeout Raft's, from which waits between peers are derived
     * @param limits its bounds
     * @param random where it draws ids
     */
    public PeerCore(
            String self,
            Set<String> members,
            String directory,
            PeerServices services,
            Duration electionTimeout,
            ClientLimits limits,
            RandomGenerator random) {
        this.context = new PeerContext(self, services, electionTimeout);
        this.limits = limits;
        proposer = new Proposer(context, random, limits.maxInFlight(), limits.maxFlights());
        confirmation = new TermConfirmation(context);
        barrier = new ReadBarrier(context, replica, confirmation);
        keeper = new LeaseKeeper(context, replica, barrier, proposer);
        keepAlive = new KeepAlive(context, keeper);
        silent = new SilentLeases(context, keeper);
        watches = new WatchHub(context, replica, limits.maxWatches(), limits.progressInterval());
        housekeeping = new Housekeeping(context, replica, proposer, directory, limits);
        failover = new FailoverHint(context);
        memberChanges = new MemberChanges(context, replica, proposer, confirmation);
        messenger = new PeerMessenger(context, members);
        appends = new Mailbox(services.work());
        // In this order a caller who is told of a result finds it in the view, and watches are woken last.
        replica.addListener(proposer);
        replica.addListener(keeper);
        replica.addListener(keepAlive);
        replica.addListener(barrier);
        replica.addListener(watches);
        housekeeping.start();
    }

    /** A state machine for a Raft node about to be opened; the replica's view never goes backwards. */
    public StateMachine newStateMachine() {
        return replica.feed();
    }

    /** Notes that this peer takes part, now or since an earlier start. */
    public void takesPart() {
        takesPart = true;
    }

    /** Sets the Raft node of the moment, or none. */
    public void raft(@Nullable RaftNode node) {
        context.node(node);
    }

    /** The Raft node has been started: a Raft leader is soon elected, if there is none, and looked after. */
    public void raftStarted() {
        failover.begin();
    }

    /** The view of this peer's replica. */
    public View view() {
        return replica.view();
    }

    /** What this peer knows of its Raft group; of term -1 while there is no Raft node. */
    public RaftStatus status() {
        return context.status();
    }

    /** Requests of the user to other peers. */
    public Messenger messenger() {
        return messenger;
    }

    /** What this peer has done so far, and holds now. */
    public PeerCounts counts() {
        return new PeerCounts(
                proposer.settledCount(),
                proposer.batchCount(),
                proposer.goBackCount(),
                proposer.waitingCount(),
                barrier.roundCount(),
                keepAlive.count(),
                watches.count(),
                proposer.inFlightCount(),
                proposer.flightCount(),
                handles.size());
    }

    /** What it counts and times. */
    public PeerMeasures measures() {
        return context.measures();
    }

    /** How many revisions the slowest watch here is behind this replica. */
    public long watchBacklog() {
        long revision = view().revision();
        return handles.stream()
                .mapToLong(handle -> handle.watchBacklog(revision))
                .max()
                .orElse(0);
    }

    /** Opens a session. */
    public CompletableFuture<Coord> openSession(Duration ttl) {
        return openSession(ttl, ttl);
    }

    /** Opens a session that others may end once its holder has been silent for its validity. */
    public CompletableFuture<Coord> openSession(Duration ttl, Duration validity) {
        LeaseClient.checkTtl(ttl);
        LeaseClient.checkValidity(validity, ttl);
        if (isClosed()) {
            return CompletableFuture.failedFuture(new ClosedException(Outcome.NOT_APPLIED, context.ending()));
        }
        long sentAt = context.ticker().nanos();
        CompletableFuture<Result> opening;
        try {
            opening = proposer.issueOpening(
                    new Command.OpenSession(ttl.toMillis(), validity.toMillis()),
                    Deadline.after(context.ticker(), limits.operationTimeout()));
        } catch (LimitExceededException e) {
            return CompletableFuture.failedFuture(e);
        }
        // Held before anything later is applied, such as its end; told to the caller on another thread.
        CompletableFuture<Coord> opened =
                opening.thenApply(result -> hold(((Result.Granted) result).lease(), ttl, validity, sentAt));
        return Waiting.handOver(opened, context.callbacks(), coord -> coord);
    }

    private Coord hold(long id, Duration ttl, Duration validity, long sentAt) {
        SessionSequence sequence = new SessionSequence(id, limits.maxInFlight());
        HeldLease lease = new HeldLease(id, ttl, validity, context.ticker(), context.callbacks(), sentAt);
        proposer.register(sequence);
        CoordHandle handle = new CoordHandle(this, sequence, lease);
        handles.add(handle);
        keepAlive.hold(lease);
        if (isClosed()) {
            handle.peerClosed();
        }
        return handle;
    }

    /** Whether a handle that a peer has opened is of no more use: it was closed or its session has ended. Leaves no trace. */
    public static boolean isEnded(Coord handle) {
        return ((CoordHandle) handle).isEnded();
    }

    void forget(CoordHandle handle) {
        handles.remove(handle);
    }

    /**
     * Adds or removes a member. Completes once that is committed; with the reason if it was refused, else with an empty text.
     * It fails with {@link dev.coord.UnavailableException} or, if it may yet come about, with {@link
     * dev.coord.IndeterminateException}.
     */
    public CompletableFuture<String> changeMembers(MemberChange change, Duration timeout) {
        return Waiting.handOver(memberChanges.change(change, timeout), context.callbacks(), refusal -> refusal);
    }

    // ---- what other peers do

    /** The other peer's process seems to have ended: its connection was reset and a reconnect refused. */
    public void peerGone(String other) {
        failover.peerGone(other);
    }

    /** The other peer lives: it has sent something. */
    public void heardFrom(String other) {
        failover.heardFrom(other);
    }

    /** Answers a request of another peer that is not Raft's. Never blocks. */
    public CompletableFuture<byte[]> handle(String from, MessageKind kind, byte[] payload) {
        return switch (kind) {
            case PROPOSE -> {
                context.node().expects(from);
                yield propose(payload);
            }
            case READ_INDEX -> {
                context.node().expects(from);
                yield barrier.leaderIndex()
                        .thenApply(index -> new Writer(10).putNumber(index).toByteArray());
            }
            case CONFIRM_TERM -> CompletableFuture.completedFuture(confirmation.answer(payload));
            case KEEP_ALIVE -> keeper.keepAlive(KeepAlive.decode(payload)).thenApply(KeepAlive::encodeAnswer);
            case LEADER_GONE -> CompletableFuture.completedFuture(failover.answer(from, payload));
            case IDENTIFY -> identify(from, payload);
            case USER -> messenger.receive(from, payload);
            case END_SILENT -> silent.answer(payload);
            case CHANGE_MEMBERS -> memberChanges.answer(payload);
            case INVITE ->
                CompletableFuture.failedFuture(
                        new IllegalStateException("peer " + context.self() + " can be added to no cluster"));
            case RAFT_VOTE, RAFT_APPEND, RAFT_SNAPSHOT, RAFT_ELECTION ->
                CompletableFuture.failedFuture(
                        new IllegalStateException("peer " + context.self() + " runs no Raft yet"));
        };
    }

    /** An entry that this version cannot read must not get into the log: every replica would stop at it. */
    private CompletableFuture<byte[]> propose(byte[] entry) {
        try {
            var unused = CommandCodec.decode(entry);
        } catch (CodecException e) {
            return CompletableFuture.failedFuture(e);
        }
        return append(entry);
    }

    /** Entries are appended in the order in which they arrive, off the network's threads. */
    private CompletableFuture<byte[]> append(byte[] entry) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        appends.post(() -> context.node().append(entry).whenComplete((done, error) -> {
            if (error == null) {
                answer.complete(new byte[0]);
            } else {
                answer.completeExceptionally(error);
            }
        }));
        return answer;
    }

    /**
     * Only what the leader has confirmed tells who has taken part: after a common restart this replica is still empty. A
     * peer that has itself been told of nothing yet can say so at once, else no cluster could begin.
     */
    private CompletableFuture<byte[]> identify(String from, byte[] payload) {
        String directory = new Reader(payload).getText();
        if (takesPart && !context.runsRaft()) {
            return CompletableFuture.completedFuture(encode(Acquaintance.NOT_YET_KNOWN));
        }
        return !takesPart || context.node().isBlank()
                ? CompletableFuture.completedFuture(encode(acquaintance(from, directory)))
                : barrier.pass(Deadline.after(
                                context.ticker(), context.requestTimeout().dividedBy(2)))
                        .handle((passed, error) ->
                                encode(error == null ? acquaintance(from, directory) : Acquaintance.NOT_YET_KNOWN));
    }

    private static byte[] encode(Acquaintance acquaintance) {
        return new Writer(24).putText(acquaintance.name()).toByteArray();
    }

    private Acquaintance acquaintance(String from, String directory) {
        String known = replica.view().peers().get(from);
        if (known != null && !known.equals(directory)) {
            return Acquaintance.OTHER_DIRECTORY;
        }
        RaftStatus status = context.status();
        // A configuration that is not being left is committed, or will be: the one before it was, which led to it.
        boolean closed = !context.node().isBlank()
                && !status.voters().isEmpty()
                && !status.voters().contains(from)
                && status.oldVoters().isEmpty();
        if (closed) {
            return Acquaintance.NOT_A_MEMBER;
        }
        if (known != null) {
            return Acquaintance.SAME_DIRECTORY;
        }
        return takesPart && !context.node().isBlank() ? Acquaintance.EXPECTED : Acquaintance.UNKNOWN;
    }

    /** Asks another peer whether it knows this one by its directory. */
    public CompletableFuture<Acquaintance> identifyTo(String other, String directory) {
        byte[] question = new Writer(64).putText(directory).toByteArray();
        return context.transport()
                .request(other, MessageKind.IDENTIFY, question, context.requestTimeout())
                .thenApply(answer -> Acquaintance.valueOf(new Reader(answer).getText()));
    }

    // ---- for the parts

    PeerContext context() {
        return context;
    }

    ClientLimits limits() {
        return limits;
    }

    Replica replica() {
        return replica;
    }

    Proposer proposer() {
        return proposer;
    }

    ReadBarrier barrier() {
        return barrier;
    }

    SilentLeases silent() {
        return silent;
    }

    KeepAlive keepAlive() {
        return keepAlive;
    }

    WatchHub watches() {
        return watches;
    }

    boolean isClosed() {
        return context.isClosed();
    }

    /** Closes the handles in an orderly way: their sessions end in the store if it can be reached in time. */
    public void closeHandles(Duration timeout) {
        List<Operation> ends =
                handles.stream().flatMap(handle -> handle.beginClose(timeout)).toList();
        ends.forEach(end -> CoordHandle.awaitEnd(context.scheduler(), end));
        List.copyOf(handles).forEach(CoordHandle::endClose);
    }

    /** Stops: what is on its way fails, watches end. */
    @Override
    public void close() {
        end("was closed");
    }

    /**
     * This peer is no member any more: what is under way for its users can come to nothing, and so ends as by {@link #close}. One
     * without users may be added again.
     */
    public void removed() {
        if (!handles.isEmpty()) {
            end("was removed from the cluster");
        }
    }

    /** Throws if it has ended, as then it cannot be added to a cluster. */
    public void checkOpen() {
        if (isClosed()) {
            throw new IllegalStateException(context.ending() + ": close it and start it anew, to have it added again");
        }
    }

    private void end(String why) {
        if (!context.close(why)) {
            return;
        }
        memberChanges.close();
        messenger.close();
        silent.close();
        housekeeping.close();
        handles.forEach(CoordHandle::peerClosed);
        // Before the leases are given up, which would pass for the end of the sessions.
        proposer.abandonAll(operation -> new ClosedException(
                operation.wasSent() ? Outcome.UNKNOWN : Outcome.NOT_APPLIED,
                context.ending() + " before the outcome was known"));
        keepAlive.close();
        barrier.close();
        replica.close(new ClosedException(Outcome.NOT_APPLIED, context.ending()));
    }
}
