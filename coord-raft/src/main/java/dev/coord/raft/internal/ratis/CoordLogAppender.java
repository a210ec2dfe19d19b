package dev.coord.raft.internal.ratis;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppenderBase;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * Sends one follower the log, on a thread of its own, which does not wait for answers: a {@link Pipeline} of appends is on its way.
 * Answers are dealt with where they arrive. A commit the follower was not told of goes with the next entries. If there are none it goes
 * in an empty append, at once to a follower that {@linkplain Expectations expects} it, to others a moment later, since entries often
 * follow soon. At most one such notice is on its way, later commits share the next.
 *
 * <p>Ratis calls {@link #notifyLogAppender} under the lock of the server, so it only unparks.
 */
final class CoordLogAppender extends LogAppenderBase {
    static final int MAX_ENTRIES = 2048;

    /** While answers are awaited, which wake the thread if they leave it something to do. */
    private static final long LONGEST_IDLE_MILLIS = 100;

    /** For so long a follower that expects nothing is not told of a commit. */
    private static final long PATIENCE_NANOS = 250_000;

    private final RatisRpc rpc;
    private final Outage outage;
    private final SnapshotSender snapshots;
    private final Pipeline pipeline;
    private final int byteLimit;

    private volatile Thread runner = Thread.currentThread();
    private volatile boolean signalled;
    private volatile boolean noticeInFlight;

    /** Entries wait for room in the pipeline. */
    private volatile boolean starved;

    /** Since when the follower might have been told of a commit. Touched by the appender's thread only. */
    private @Nullable Timestamp newsSince;

    /** When Ratis was last had to look how far a newcomer is. Touched by the appender's thread only. */
    private Timestamp lookedAfter = Timestamp.currentTime();

    /** The highest commit index the follower is known to know. */
    private final AtomicLong toldCommit = new AtomicLong(RaftLog.INVALID_LOG_INDEX);

    CoordLogAppender(RaftServer.Division division, LeaderState leader, FollowerInfo follower, RatisRpc rpc) {
        super(division, leader, follower);
        this.rpc = rpc;
        outage = new Outage(division, follower);
        snapshots = new SnapshotSender(this, rpc);
        byteLimit = RaftServerConfigKeys.Log.Appender.bufferByteLimit(
                        division.getRaftServer().getProperties())
                .getSizeInt();
        pipeline = new Pipeline(follower, byteLimit);
    }

    @Override
    public void notifyLogAppender() {
        signalled = true;
        LockSupport.unpark(runner);
    }

    /**
     * Without the lock of the server that Ratis takes here, for it only queues an event: a leader that steps down holds that
     * lock while it waits for its appenders to end, up to 5 s in which it answers nobody.
     */
    @Override
    public boolean onFollowerTerm(long followerTerm) {
        return isRunning() && getLeaderState().onFollowerTerm(getFollower(), followerTerm);
    }

    @Override
    public void run() throws InterruptedException {
        runner = Thread.currentThread();
        while (isRunning()) {
            // Cleared before looking, so that whatever happens after the look wakes us.
            signalled = false;
            starved = false;
            try {
                park(step());
                if (pipeline.isSound()) {
                    outage.over();
                }
            } catch (InterruptedIOException e) {
                throw new InterruptedException(e.getMessage());
            } catch (IOException | RuntimeException e) {
                // Nothing may escape: Ratis would log a stack trace and replicate to this follower from scratch.
                if (isRunning()) {
                    outage.failed(e);
                }
            }
            getLeaderState().checkHealth(getFollower());
            lookAfterNewcomer();
        }
    }

    /**
     * Ratis looks after one that is to become a member when that answers, or when it has nothing else to do: of one that has died
     * meanwhile it would wait for ever, and refuse every change of the members.
     */
    private void lookAfterNewcomer() {
        if (getLeaderState().isFollowerBootstrapping(getFollower())
                && lookedAfter.elapsedTimeMs() >= getServer().properties().minRpcTimeoutMs()) {
            lookedAfter = Timestamp.currentTime();
            getLeaderState().onFollowerSuccessAppendEntries(getFollower());
        }
    }

    /** Does what there is to do, and returns for how long there will be nothing unless something happens. */
    private long step() throws IOException {
        pipeline.mend();
        if (!isToSend()) {
            return Math.min(tellCommit(), idleNanos());
        }
        SnapshotInfo snapshot = shouldInstallSnapshot();
        if (snapshot == null) {
            replicate();
        } else if (pipeline.isIdle()) {
            snapshots.send(snapshot);
        } else {
            return TimeUnit.MILLISECONDS.toNanos(LONGEST_IDLE_MILLIS);
        }
        return 0;
    }

    /** Entries, if there is room; a heartbeat only if nothing is on its way, for any append is one. */
    private boolean isToSend() {
        return pipeline.hasRoom() && shouldSendAppendEntries() && (hasAppendEntries() || pipeline.isEmpty());
    }

    private long idleNanos() {
        if (hasAppendEntries()) {
            starved = true;
            // An answer that made room just now did not see that.
            if (pipeline.hasRoom()) {
                return 0;
            }
        }
        long wait = pipeline.isEmpty() ? getHeartbeatWaitTimeMs() : LONGEST_IDLE_MILLIS;
        // An answer need not wake us, and the next heartbeat is due half a timeout after it.
        return TimeUnit.MILLISECONDS.toNanos(
                Math.min(wait, getServer().properties().minRpcTimeoutMs() / 4));
    }

    /** Waits until something happens, but not longer. */
    private void park(long nanos) throws InterruptedException {
        if (nanos > 0 && !signalled) {
            LockSupport.parkNanos(this, nanos);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private void replicate() throws IOException {
        AppendEntriesRequestProto request = newAppendEntriesRequest(CallId.getAndIncrement(), false);
        if (request == null) {
            throw new IOException("the log no longer holds entry "
                    + getFollower().getNextIndex() + ", and there is no snapshot of it yet");
        }
        resetHeartbeatTrigger();
        Timestamp sent = Timestamp.currentTime();
        getFollower().updateLastRpcSendTime(request.getEntriesCount() == 0);
        pipeline.sent(request, nextAfter(request));
        var unused = rpc.append(request).whenComplete((reply, error) -> answered(request, sent, reply, error));
    }

    /** On a thread of the transport, which is not made to wait: Ratis takes no lock for any of this. */
    private void answered(
            AppendEntriesRequestProto request,
            Timestamp sent,
            @Nullable AppendEntriesReplyProto reply,
            @Nullable Throwable error) {
        try {
            if (reply == null) {
                pipeline.failed(requireNonNull(error));
            } else if (isRunning()) {
                getFollower().updateLastRpcResponseTime();
                getFollower().updateLastRespondedAppendEntriesSendTime(sent);
                // Not by way of the leader's state, which would wake every appender, for watchers of Ratis that we do
                // not have.
                getFollower().updateCommitIndex(reply.getFollowerCommit());
                handle(request, reply);
            }
        } catch (RuntimeException e) {
            pipeline.failed(e);
        } finally {
            pipeline.answered(request);
            if (isWorkLeft()) {
                notifyLogAppender();
            }
        }
    }

    /** Whether an answer leaves the thread something to do. Asks for no lock: that of the log may wait for a disk. */
    private boolean isWorkLeft() {
        return starved || !pipeline.isSound() || hasNews() || getHeartbeatWaitTimeMs() <= 0;
    }

    private void handle(AppendEntriesRequestProto request, AppendEntriesReplyProto reply) {
        switch (reply.getResult()) {
            case SUCCESS -> {
                toldCommit.accumulateAndGet(request.getLeaderCommit(), Math::max);
                // A heartbeat does not prove that what the follower has is on its disk.
                if (request.getEntriesCount() > 0 && pipeline.succeeded(nextAfter(request))) {
                    getLeaderState().onFollowerSuccessAppendEntries(getFollower());
                }
            }
            case NOT_LEADER -> onFollowerTerm(reply.getTerm());
            case INCONSISTENCY ->
                pipeline.lacks(getNextIndexForInconsistency(firstIndex(request), reply.getNextIndex()));
            default -> pipeline.failed(new IOException("the follower answered " + reply.getResult()));
        }
        getLeaderState().onAppendEntriesReply(this, reply);
    }

    private long nextAfter(AppendEntriesRequestProto request) {
        int count = request.getEntriesCount();
        return count > 0
                ? request.getEntries(count - 1).getIndex() + 1
                : getFollower().getNextIndex();
    }

    private static long firstIndex(AppendEntriesRequestProto request) {
        return request.getEntriesCount() > 0 ? request.getEntries(0).getIndex() : RaftLog.INVALID_LOG_INDEX;
    }

    /**
     * Tells the follower of a commit if it is time to; returns how long until it is. The follower must not know less than
     * {@code toldCommit}, else it waits for a heartbeat.
     */
    private long tellCommit() throws RaftLogIOException {
        if (noticeInFlight || !pipeline.isIdle() || !hasNews()) {
            newsSince = null;
            return Long.MAX_VALUE;
        }
        long patience = patienceNanos();
        if (patience <= 0) {
            newsSince = null;
            sendNotice();
            return Long.MAX_VALUE;
        }
        return patience;
    }

    private long patienceNanos() {
        if (rpc.expectations().expects(getFollower().getId().toString())) {
            return 0;
        }
        if (newsSince == null) {
            newsSince = Timestamp.currentTime();
        }
        return PATIENCE_NANOS - newsSince.elapsedTime().toLong(TimeUnit.NANOSECONDS);
    }

    private void sendNotice() throws RaftLogIOException {
        AppendEntriesRequestProto notice = newAppendEntriesRequest(CallId.getAndIncrement(), true);
        noticeInFlight = true;
        // A failure is found out by the next heartbeat; the notice counts as told, lest we send it in a loop.
        toldCommit.accumulateAndGet(notice.getLeaderCommit(), Math::max);
        CompletableFuture<AppendEntriesReplyProto> reply = rpc.append(notice);
        var unused = reply.whenComplete((answer, error) -> onNoticeDone(answer, error));
    }

    private boolean hasNews() {
        long known =
                Math.min(getRaftLog().getLastCommittedIndex(), getFollower().getNextIndex() - 1);
        return known > toldCommit.get();
    }

    private void onNoticeDone(AppendEntriesReplyProto reply, Throwable error) {
        noticeInFlight = false;
        if (error == null && reply.getResult() == AppendResult.SUCCESS) {
            getFollower().updateLastRpcResponseTime();
            if (hasNews()) {
                notifyLogAppender();
            }
        } else {
            triggerHeartbeat();
        }
    }

    @Override
    @SuppressWarnings("NullAway") // Ratis's contract: null means that the entries are no longer there
    public AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat) throws RaftLogIOException {
        FollowerInfo follower = getFollower();
        long next = follower.getNextIndex();
        TermIndex previous = getPrevious(next);
        // Entries serve as a heartbeat. An empty one instead would starve a follower whose answers take longer than
        // heartbeats
        // may: it would hear of a leader for ever and be sent nothing.
        boolean readable =
                previous != null || next == RaftLog.LEAST_VALID_LOG_INDEX || next == follower.getSnapshotIndex() + 1;
        List<LogEntryProto> entries = heartbeat || !readable ? List.of() : entriesFrom(next);
        if (entries.isEmpty() && !heartbeat && getHeartbeatWaitTimeMs() > 0) {
            return null;
        }
        return getLeaderState().newAppendEntriesRequestProto(follower, entries, previous, callId);
    }

    private List<LogEntryProto> entriesFrom(long first) throws RaftLogIOException {
        List<LogEntryProto> entries = new ArrayList<>();
        long end = Math.min(getRaftLog().getNextIndex(), first + MAX_ENTRIES);
        long bytes = 0;
        for (long index = first; index < end; index++) {
            LogEntryProto entry = getRaftLog().get(index);
            if (entry == null) {
                break;
            }
            bytes += entry.getSerializedSize();
            if (bytes > byteLimit && !entries.isEmpty()) {
                break;
            }
            entries.add(entry);
        }
        return entries;
    }

    @Override
    public long getCallId() {
        return CallId.get();
    }

    @Override
    public Comparator<Long> getCallIdComparator() {
        return CallId.getComparator();
    }
}
