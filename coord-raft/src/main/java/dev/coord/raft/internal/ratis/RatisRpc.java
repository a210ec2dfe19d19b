package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.client.StateMachine;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.internal.transport.PeerAddress;
import dev.coord.raft.internal.transport.Transport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;

/** What a peer asks other peers, over our transport. Ratis's interface knows only {@link IOException}. */
final class RatisRpc implements RaftServerRpc {
    /** Ratis wants an address; peers are found by id. */
    private static final InetSocketAddress NO_ADDRESS = InetSocketAddress.createUnresolved("coord", 0);

    private static final Duration SNAPSHOT_TIMEOUT = Duration.ofSeconds(10);

    private final Transport transport;
    private final StateMachine stateMachine;
    private final LogFiles files;
    private final Duration voteTimeout;
    private final Duration heartbeatTimeout;
    private final Duration appendTimeout;
    private final Expectations expectations;
    private volatile BooleanSupplier mayCampaign = () -> true;
    private volatile boolean closed;

    RatisRpc(RatisNodeConfig config, LogFiles files) {
        this.files = files;
        transport = config.transport();
        stateMachine = config.stateMachine();
        voteTimeout = config.electionTimeoutMax();
        heartbeatTimeout = config.electionTimeoutMin();
        // An append waits for a disk; a heartbeat does not.
        appendTimeout = config.electionTimeoutMax().multipliedBy(2);
        expectations = new Expectations(config.ticker());
    }

    /** Which followers are to be told of commits without delay. */
    Expectations expectations() {
        return expectations;
    }

    /** Whether this peer knows who has to vote for it. */
    void mayCampaign(BooleanSupplier test) {
        mayCampaign = test;
    }

    /** From now on every request fails at once. */
    void shut() {
        closed = true;
    }

    CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request) {
        Duration timeout = request.getEntriesCount() == 0 ? heartbeatTimeout : appendTimeout;
        return send(request.getServerRequest(), MessageKind.RAFT_APPEND, request, timeout)
                .thenApply(reply -> parse(AppendEntriesReplyProto.parser(), reply));
    }

    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) throws IOException {
        return await(append(request));
    }

    @Override
    public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
        // Ratis tells nobody that it has given up on the leader; that it asks for votes does.
        stateMachine.statusChanged();
        if (!mayCampaign.getAsBoolean()) {
            throw new IOException("this peer has to look up who the members are");
        }
        if (!request.getPreVote()) {
            // Who asks for votes has voted for itself.
            files.voted(
                    request.getCandidateTerm(),
                    request.getServerRequest().getRequestorId().toStringUtf8());
        }
        return call(
                request.getServerRequest(),
                MessageKind.RAFT_VOTE,
                request,
                voteTimeout,
                RequestVoteReplyProto.parser());
    }

    @Override
    public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request) throws IOException {
        return call(
                request.getServerRequest(),
                MessageKind.RAFT_SNAPSHOT,
                request,
                SNAPSHOT_TIMEOUT,
                InstallSnapshotReplyProto.parser());
    }

    @Override
    public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
            throws IOException {
        return call(
                request.getServerRequest(),
                MessageKind.RAFT_ELECTION,
                request,
                voteTimeout,
                StartLeaderElectionReplyProto.parser());
    }

    private <T> T call(
            RaftRpcRequestProto header, MessageKind kind, MessageLite request, Duration timeout, Parser<T> parser)
            throws IOException {
        return await(send(header, kind, request, timeout).thenApply(reply -> parse(parser, reply)));
    }

    private CompletableFuture<byte[]> send(
            RaftRpcRequestProto header, MessageKind kind, MessageLite request, Duration timeout) {
        if (closed) {
            return CompletableFuture.failedFuture(new IOException("this peer is closing"));
        }
        return transport.request(header.getReplyId().toStringUtf8(), kind, request.toByteArray(), timeout);
    }

    static <T> T await(CompletableFuture<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(false);
            throw new InterruptedIOException("interrupted while waiting for a peer");
        } catch (ExecutionException e) {
            throw Failures.asIo(e);
        }
    }

    private static <T> T parse(Parser<T> parser, byte[] bytes) {
        return Failures.unchecked(() -> parser.parseFrom(bytes));
    }

    @Override
    public void notifyNotLeader(RaftGroupId groupId) {
        stateMachine.statusChanged();
    }

    @Override
    public void handleException(RaftPeerId serverId, Exception e, boolean reconnect) {
        // The transport reconnects by itself.
    }

    @Override
    public void addRaftPeers(Collection<RaftPeer> peers) {
        for (RaftPeer peer : peers) {
            // The members of the first configuration are in it without: everybody was given theirs.
            if (peer.getAddress() != null && !peer.getAddress().isEmpty()) {
                transport.learn(peer.getId().toString(), PeerAddress.parse(peer.getAddress()));
            }
        }
    }

    @Override
    public InetSocketAddress getInetSocketAddress() {
        return NO_ADDRESS;
    }

    @Override
    public RpcType getRpcType() {
        return new CoordRpcType();
    }

    @Override
    public void start() {
        // The transport is started by the peer.
    }

    @Override
    public void close() {
        shut();
    }
}
