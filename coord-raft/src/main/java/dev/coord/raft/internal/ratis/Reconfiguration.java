package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes who the voters are, by Ratis's joint consensus (Raft, section 6). The configuration in the log carries the
 * addresses, for those who join later.
 */
final class Reconfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(Reconfiguration.class);

    private final RaftServer server;
    private final RaftGroupId groupId;
    private final Transport transport;
    private final Duration handOverLimit;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();

    Reconfiguration(RaftServer server, RaftGroupId groupId, Transport transport, Duration handOverLimit) {
        this.server = server;
        this.groupId = groupId;
        this.transport = transport;
        this.handOverLimit = handOverLimit;
    }

    /** On the leader: replaces the voters by others, if they are still these. */
    CompletableFuture<Void> change(Set<String> expected, Set<String> wanted) {
        SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .setServersInCurrentConf(peers(expected))
                .setServersInNewConf(peers(wanted))
                .build();
        return send(() -> server.setConfigurationAsync(
                new SetConfigurationRequest(clientId, server.getId(), groupId, callIds.incrementAndGet(), arguments)));
    }

    /** On the leader: has a follower lead. */
    CompletableFuture<Void> handOver(String to) {
        return send(() -> server.transferLeadershipAsync(new TransferLeadershipRequest(
                clientId,
                server.getId(),
                groupId,
                callIds.incrementAndGet(),
                RaftPeerId.valueOf(to),
                handOverLimit.toMillis())));
    }

    private List<RaftPeer> peers(Collection<String> ids) {
        return ids.stream().sorted().map(this::peer).toList();
    }

    private RaftPeer peer(String id) {
        RaftPeer.Builder peer = RaftPeer.newBuilder().setId(id);
        transport.address(id).ifPresent(address -> peer.setAddress(address.toString()));
        return peer.build();
    }

    private CompletableFuture<Void> send(Failures.IoCall<CompletableFuture<RaftClientReply>> call) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            var unused = call.call().whenComplete((reply, error) -> {
                Throwable failure = error != null ? error : reply.isSuccess() ? null : reply.getException();
                if (failure == null && reply.isSuccess()) {
                    done.complete(null);
                } else {
                    fail(done, failure == null ? new IOException("Ratis refused it") : failure);
                }
            });
        } catch (IOException | RuntimeException e) {
            fail(done, e);
        }
        return done;
    }

    private void fail(CompletableFuture<Void> done, Throwable cause) {
        String why = Failures.describe(Failures.unwrap(cause));
        LOG.debug("{}: no change of the configuration: {}", server.getId(), why);
        done.completeExceptionally(new IllegalStateException(why, cause));
    }
}
