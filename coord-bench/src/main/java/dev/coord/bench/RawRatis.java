package dev.coord.bench;

import dev.coord.time.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.TimeDuration;

/**
 * Three Ratis servers with Ratis's own gRPC transport, a state machine that does nothing, and durable logs; requests are
 * submitted in process at the leader, which spares them a client's hop. Settings are Ratis's defaults, but for election
 * timeouts of 1 to 2 s (the defaults lose the leader on two busy cores). It counts with the metrics it comes with, unless
 * Coord's library is on the class path, which turns them off.
 */
final class RawRatis implements AutoCloseable {
    private final RaftGroup group;
    private final List<RaftServer> servers = new ArrayList<>();
    private final ClientId client = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final RaftServer leader;

    RawRatis(Path directory, int[] ports) throws IOException {
        List<RaftPeer> peers = new ArrayList<>();
        for (int i = 0; i < ports.length; i++) {
            peers.add(RaftPeer.newBuilder()
                    .setId("r" + i)
                    .setAddress("127.0.0.1:" + ports[i])
                    .build());
        }
        group = RaftGroup.valueOf(RaftGroupId.randomId(), peers);
        for (int i = 0; i < ports.length; i++) {
            RaftServer server = RaftServer.newBuilder()
                    .setServerId(peers.get(i).getId())
                    .setGroup(group)
                    .setStateMachine(new NoOp())
                    .setProperties(properties(directory.resolve("r" + i), ports[i]))
                    .build();
            server.start();
            servers.add(server);
        }
        leader = awaitLeader();
    }

    /**
     * Serves measurements.
     *
     * @param args the directory to use
     * @throws Exception if it cannot
     */
    public static void main(String[] args) throws Exception {
        byte[] entry = new byte[160];
        try (RawRatis ratis = new RawRatis(Path.of(args[0]), freePorts())) {
            Subject.serve(Map.of(
                    "append.1",
                    window -> Load.oneByOne(
                            window, i -> ratis.append(entry.clone()).get()),
                    "append.256",
                    window -> Load.inFlight(FirstLook.WIDTH, window, i -> ratis.append(entry.clone()))));
        }
    }

    private static int[] freePorts() throws IOException {
        int[] ports = new int[3];
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < ports.length; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports[i] = socket.getLocalPort();
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private static RaftProperties properties(Path directory, int port) {
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, TimeDuration.valueOf(1, TimeUnit.SECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, TimeDuration.valueOf(2, TimeUnit.SECONDS));
        GrpcConfigKeys.Server.setPort(properties, port);
        return properties;
    }

    private RaftServer awaitLeader() throws IOException {
        long end = Ticker.system().nanos() + Duration.ofSeconds(30).toNanos();
        while (Ticker.system().nanos() - end < 0) {
            for (RaftServer server : servers) {
                if (server.getDivision(group.getGroupId()).getInfo().isLeaderReady()) {
                    return server;
                }
            }
            LockSupport.parkNanos(5_000_000);
        }
        throw new IOException("Ratis elected no leader");
    }

    /** Appends an entry; completes when it was applied. */
    CompletableFuture<?> append(byte[] entry) {
        long callId = callIds.incrementAndGet();
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(leader.getId())
                .setGroupId(group.getGroupId())
                .setCallId(callId)
                .setRepliedCallIds(List.of(Math.max(1, callId - 4096)))
                .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
                .setType(RaftClientRequest.writeRequestType())
                .build();
        try {
            return leader.submitClientRequestAsync(request).thenAccept(RawRatis::check);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void check(RaftClientReply reply) {
        if (!reply.isSuccess()) {
            throw new IllegalStateException("Ratis refused: " + reply);
        }
    }

    @Override
    public void close() throws IOException {
        for (RaftServer server : servers) {
            server.close();
        }
    }

    /** Applies by doing nothing. */
    private static final class NoOp extends BaseStateMachine {
        private static final Message DONE = Message.valueOf(ByteString.EMPTY);

        @Override
        public CompletableFuture<Message> applyTransaction(TransactionContext entry) {
            updateLastAppliedTermIndex(
                    entry.getLogEntry().getTerm(), entry.getLogEntry().getIndex());
            return CompletableFuture.completedFuture(DONE);
        }
    }
}
