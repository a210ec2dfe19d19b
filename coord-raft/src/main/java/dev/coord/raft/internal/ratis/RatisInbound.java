package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.internal.transport.TransportException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;

/**
 * What other peers ask of this one. In the steady state an append is handed to Ratis on the network thread: it enters the
 * queue of the log writer and does not wait. Whatever may wait for a disk, or for a change of role, runs on other threads.
 */
final class RatisInbound {
    /** Longer than it takes to send again what came before a configuration, and the configuration. */
    private static final long FORGOTTEN_MILLIS = 1_000;

    private final RaftServer server;
    private final RaftServer.Division division;
    private final ByteString group;
    private final ByteString self;
    private final Lanes lanes;
    private final LogFiles files;
    private final ConfigurationGuard configurations;
    private final Runnable onForgotten;
    private final AtomicReference<CompletableFuture<Void>> latest =
            new AtomicReference<>(CompletableFuture.completedFuture(null));
    private final AtomicInteger fromLeader = new AtomicInteger();
    private volatile boolean heardLeader;
    private volatile boolean open;

    RatisInbound(
            RaftServer server,
            RaftServer.Division division,
            RaftGroupId groupId,
            Lanes lanes,
            LogFiles files,
            ConfigurationGuard configurations,
            Runnable onForgotten) {
        this.server = server;
        this.configurations = configurations;
        this.onForgotten = onForgotten;
        this.division = division;
        this.lanes = lanes;
        this.files = files;
        group = groupId.toByteString();
        self = server.getId().toByteString();
    }

    void open() {
        open = true;
    }

    void shut() {
        open = false;
    }

    CompletableFuture<byte[]> handle(String from, MessageKind kind, byte[] payload) {
        if (!open) {
            return refuse("Raft is starting or closing on this peer");
        }
        try {
            return dispatch(from, kind, payload);
        } catch (IOException | RejectedExecutionException e) {
            return refuse(Failures.describe(e));
        }
    }

    /** Whether an append came, or a part of a snapshot, since this was asked last; or is being worked on. */
    boolean heardLeader() {
        boolean heard = heardLeader || fromLeader.get() > 0;
        heardLeader = false;
        return heard;
    }

    /** A leader that waits for this peer's disk sends nothing meanwhile. */
    private CompletableFuture<byte[]> heard(long term, CompletableFuture<byte[]> reply) {
        if (term >= division.getInfo().getCurrentTerm()) {
            fromLeader.incrementAndGet();
            var unused = reply.whenComplete((answer, error) -> {
                heardLeader = true;
                fromLeader.decrementAndGet();
            });
        }
        return reply;
    }

    private CompletableFuture<byte[]> dispatch(String from, MessageKind kind, byte[] payload) throws IOException {
        return switch (kind) {
            case RAFT_APPEND -> {
                AppendEntriesRequestProto append = AppendEntriesRequestProto.parseFrom(payload);
                yield heard(append.getLeaderTerm(), append(from, append));
            }
            case RAFT_VOTE -> {
                RequestVoteRequestProto vote = RequestVoteRequestProto.parseFrom(payload);
                check(from, vote.getServerRequest());
                yield unordered(() -> vote(vote));
            }
            case RAFT_ELECTION -> {
                StartLeaderElectionRequestProto election = StartLeaderElectionRequestProto.parseFrom(payload);
                check(from, election.getServerRequest());
                yield unordered(() -> server.startLeaderElection(election));
            }
            case RAFT_SNAPSHOT -> {
                InstallSnapshotRequestProto chunk = InstallSnapshotRequestProto.parseFrom(payload);
                check(from, chunk.getServerRequest());
                yield heard(chunk.getLeaderTerm(), ordered(from, () -> install(chunk)));
            }
            default -> refuse(kind + " is not a message of Raft");
        };
    }

    private RequestVoteReplyProto vote(RequestVoteRequestProto request) throws IOException {
        RequestVoteReplyProto reply = server.requestVote(request);
        if (reply.getServerReply().getSuccess() && !request.getPreVote()) {
            files.voted(
                    request.getCandidateTerm(),
                    request.getServerRequest().getRequestorId().toStringUtf8());
        }
        return reply;
    }

    private CompletableFuture<byte[]> append(String from, AppendEntriesRequestProto request) throws IOException {
        check(from, request.getServerRequest());
        Lanes.Lane lane = lanes.of(from);
        if (lane.isIdle() && isSteady(request)) {
            return start(request);
        }
        CompletableFuture<byte[]> reply = new CompletableFuture<>();
        lane.submit(() -> relay(follow(request), reply));
        return reply;
    }

    /** Of a leader that may be new here, or of a term that is. */
    private CompletableFuture<byte[]> follow(AppendEntriesRequestProto request) {
        try {
            files.follows(
                    request.getLeaderTerm(),
                    request.getServerRequest().getRequestorId().toStringUtf8());
        } catch (IOException e) {
            return refuse(Failures.describe(e));
        }
        return start(request);
    }

    private InstallSnapshotReplyProto install(InstallSnapshotRequestProto chunk) throws IOException {
        if (chunk.getLeaderTerm() < division.getInfo().getCurrentTerm()) {
            // Ratis would refuse it, and yet go by the members in it.
            throw new IOException("the snapshot is of a leader of an earlier term");
        }
        configurations.sees(chunk.getLastRaftConfigurationLogEntryProto());
        files.follows(
                chunk.getLeaderTerm(), chunk.getServerRequest().getRequestorId().toStringUtf8());
        return server.installSnapshot(chunk);
    }

    /** From the leader we follow, in the term we are in: nothing to write down first, no role to leave. */
    private boolean isSteady(AppendEntriesRequestProto request) {
        DivisionInfo info = division.getInfo();
        return info.isFollower()
                && request.getLeaderTerm() == info.getCurrentTerm()
                && info.getLeaderId() != null
                && info.getLeaderId()
                        .toByteString()
                        .equals(request.getServerRequest().getRequestorId());
    }

    private CompletableFuture<byte[]> start(AppendEntriesRequestProto request) {
        // Ratis would log a stack trace.
        if (!open || !division.getInfo().isAlive()) {
            return refuse("Raft is closed on this peer");
        }
        configurations.sees(request);
        try {
            CompletableFuture<AppendEntriesReplyProto> result = server.appendEntriesAsync(request);
            // It asks nobody for votes meanwhile; this is for a peer that is not going to.
            if (configurations.isForgottenFor(FORGOTTEN_MILLIS)) {
                onForgotten.run();
            }
            return translate(request.getEntriesCount() == 0 ? result : onDisk(result));
        } catch (IOException | RuntimeException e) {
            return refuse(Failures.describe(e));
        }
    }

    /**
     * Ratis answers at once if it has the entries already, though perhaps not on disk yet: when they were sent again. So an answer
     * waits for those to earlier appends, and is none if the disk has not what it says.
     */
    private CompletableFuture<AppendEntriesReplyProto> onDisk(CompletableFuture<AppendEntriesReplyProto> result) {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        CompletableFuture<Void> earlier = latest.getAndSet(answered);
        return result.thenCombine(earlier, (reply, done) -> reply)
                .thenApply(this::checkOnDisk)
                .whenComplete((reply, error) -> answered.complete(null));
    }

    private AppendEntriesReplyProto checkOnDisk(AppendEntriesReplyProto reply) {
        if (reply.getResult() == AppendResult.SUCCESS
                && !reply.getIsHearbeat()
                && reply.getMatchIndex() > division.getRaftLog().getFlushIndex()) {
            throw new CompletionException(
                    new TransportException("entry " + reply.getMatchIndex() + " is not on this peer's disk yet"));
        }
        return reply;
    }

    private void check(String from, RaftRpcRequestProto header) throws IOException {
        if (!header.getRaftGroupId().getId().equals(group)) {
            throw new IOException("the request is of another cluster");
        }
        if (!header.getReplyId().equals(self)) {
            throw new IOException(
                    "the request is for " + header.getReplyId().toStringUtf8() + ", this is " + self.toStringUtf8());
        }
        if (!header.getRequestorId().toStringUtf8().equals(from)) {
            throw new IOException(
                    "the request names " + header.getRequestorId().toStringUtf8() + " but came from " + from);
        }
    }

    private CompletableFuture<byte[]> unordered(Failures.IoCall<? extends MessageLite> call) {
        CompletableFuture<byte[]> reply = new CompletableFuture<>();
        lanes.unordered(() -> answer(call, reply));
        return reply;
    }

    private CompletableFuture<byte[]> ordered(String from, Failures.IoCall<? extends MessageLite> call) {
        CompletableFuture<byte[]> reply = new CompletableFuture<>();
        lanes.of(from).submit(() -> answer(call, reply));
        return reply;
    }

    private static void answer(Failures.IoCall<? extends MessageLite> call, CompletableFuture<byte[]> reply) {
        try {
            reply.complete(call.call().toByteArray());
        } catch (IOException | RuntimeException e) {
            reply.completeExceptionally(new TransportException(Failures.describe(e)));
        }
    }

    private static CompletableFuture<byte[]> translate(CompletableFuture<? extends MessageLite> result) {
        CompletableFuture<byte[]> reply = new CompletableFuture<>();
        var unused = result.whenComplete((message, error) -> {
            if (error == null) {
                reply.complete(message.toByteArray());
            } else {
                reply.completeExceptionally(new TransportException(Failures.describe(error)));
            }
        });
        return reply;
    }

    private static void relay(CompletableFuture<byte[]> result, CompletableFuture<byte[]> reply) {
        var unused = result.whenComplete((bytes, error) -> {
            if (error == null) {
                reply.complete(bytes);
            } else {
                reply.completeExceptionally(Failures.unwrap(error));
            }
        });
    }

    private static CompletableFuture<byte[]> refuse(String why) {
        return CompletableFuture.failedFuture(new TransportException(why));
    }
}
