package dev.coord.raft.internal.ratis;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

/**
 * Sends one follower the log, on a thread of its own. One append with entries is on its way at a time, so what arrives
 * meanwhile goes into the next one. A commit the follower was not told of goes out at once, in an empty append that this
 * thread does not wait for: at most one such notice is on its way, later commits share the next.
 *
 * <p>Ratis calls {@link #notifyLogAppender} under the lock of the server, so it only unparks.
 */
final class CoordLogAppender extends LogAppenderBase {
    private static final int MAX_ENTRIES = 2048;

    private final RatisRpc rpc;
    private final Outage outage;
    private final SnapshotSender snapshots;
    private final int byteLimit;

    private volatile Thread runner = Thread.currentThread();
    private volatile boolean signalled;
    private volatile boolean noticeInFlight;
    /** The highest commit index the follower is known to know. */
    private volatile long toldCommit = RaftLog.INVALID_LOG_INDEX;

    CoordLogAppender(RaftServer.Division division, LeaderState leader, FollowerInfo follower, RatisRpc rpc) {
        super(division, leader, follower);
        this.rpc = rpc;
        outage = new Outage(division, follower);
        snapshots = new SnapshotSender(this, rpc);
        byteLimit = RaftServerConfigKeys.Log.Appender.bufferByteLimit(
                        division.getRaftServer().getProperties())
                .getSizeInt();
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
            try {
                step();
                outage.over();
            } catch (InterruptedIOException e) {
                throw new InterruptedException(e.getMessage());
            } catch (IOException | RuntimeException e) {
                // Nothing may escape: Ratis would log a stack trace and replicate to this follower from scratch.
                if (isRunning()) {
                    outage.failed(e);
                }
            }
            getLeaderState().checkHealth(getFollower());
        }
    }

    private void step() throws IOException, InterruptedException {
        if (shouldSendAppendEntries()) {
            SnapshotInfo snapshot = shouldInstallSnapshot();
            if (snapshot != null) {
                snapshots.send(snapshot);
            } else {
                replicate();
            }
        } else {
            tellCommit();
            idle();
        }
    }

    private void idle() throws InterruptedException {
        long wait = getHeartbeatWaitTimeMs();
        if (wait > 0 && !signalled && !hasAppendEntries()) {
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(wait));
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
        AppendEntriesReplyProto reply = RatisRpc.await(rpc.append(request));
        getFollower().updateLastRpcResponseTime();
        getFollower().updateLastRespondedAppendEntriesSendTime(sent);
        getLeaderState().onFollowerCommitIndex(getFollower(), reply.getFollowerCommit());
        handle(request, reply);
    }

    private void handle(AppendEntriesRequestProto request, AppendEntriesReplyProto reply) throws IOException {
        switch (reply.getResult()) {
            case SUCCESS -> {
                toldCommit = Math.max(toldCommit, request.getLeaderCommit());
                advance(nextAfter(request, reply));
            }
            case NOT_LEADER -> onFollowerTerm(reply.getTerm());
            case INCONSISTENCY ->
                getFollower().setNextIndex(getNextIndexForInconsistency(firstIndex(request), reply.getNextIndex()));
            default -> throw new IOException("the follower answered " + reply.getResult());
        }
        getLeaderState().onAppendEntriesReply(this, reply);
    }

    /** A heartbeat proves only that the follower has the entry before it. */
    private static long nextAfter(AppendEntriesRequestProto request, AppendEntriesReplyProto reply) {
        if (request.getEntriesCount() > 0) {
            return reply.getNextIndex();
        }
        return request.hasPreviousLog() ? request.getPreviousLog().getIndex() + 1 : RaftLog.LEAST_VALID_LOG_INDEX;
    }

    private void advance(long next) {
        if (next > getFollower().getNextIndex()) {
            getFollower().updateMatchIndex(next - 1);
            getFollower().increaseNextIndex(next);
            getLeaderState().onFollowerSuccessAppendEntries(getFollower());
        }
    }

    private static long firstIndex(AppendEntriesRequestProto request) {
        return request.getEntriesCount() > 0 ? request.getEntries(0).getIndex() : RaftLog.INVALID_LOG_INDEX;
    }

    /** Tells the follower of a commit. It must not know less than {@code toldCommit}, else it waits for a heartbeat. */
    private void tellCommit() throws RaftLogIOException {
        if (noticeInFlight || !hasNews()) {
            return;
        }
        AppendEntriesRequestProto notice = newAppendEntriesRequest(CallId.getAndIncrement(), true);
        noticeInFlight = true;
        // A failure is found out by the next heartbeat; the notice counts as told, lest we send it in a loop.
        toldCommit = notice.getLeaderCommit();
        CompletableFuture<AppendEntriesReplyProto> reply = rpc.append(notice);
        var unused = reply.whenComplete((answer, error) -> onNoticeDone(answer, error));
    }

    private boolean hasNews() {
        long known =
                Math.min(getRaftLog().getLastCommittedIndex(), getFollower().getNextIndex() - 1);
        return known > toldCommit;
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
