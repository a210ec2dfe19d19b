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
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.netty.NettyConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.TimeDuration;

/**
 * Three Ratis servers with one of Ratis's own transports, a state machine that does nothing, and durable logs; requests are
 * submitted in process at the leader, which spares them a client's hop. Settings are Ratis's defaults, but for election
 * timeouts of 1 to 2 s (the defaults lose the leader on two busy cores), and with Netty its second entry for each commit is
 * left out, which speeds it up. It counts with the metrics it comes with, unless
 * Coord's library is on the class path, which turns them off.
 */
public final class RawRatis implements AutoCloseable {
    private final RaftGroup group;
    private final List<RaftServer> servers = new ArrayList<>();
    private final ClientId client = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final RaftServer leader;

    private RawRatis(Path directory, int[] ports, SupportedRpcType transport) throws IOException {
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
                    .setProperties(properties(directory.resolve("r" + i), ports[i], transport))
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
        try (RawRatis ratis = start(Path.of(args[0]), "grpc")) {
            Subject.serve(Map.of(
                    "append.1",
                    window -> Load.oneByOne(
                            window, i -> ratis.append(entry.clone()).get()),
                    "append.256",
                    window -> Load.inFlight(FirstLook.WIDTH, window, i -> ratis.append(entry.clone()))));
        }
    }

    /**
     * Starts servers and waits until they have a leader.
     *
     * @param directory where they write
     * @param transport {@code grpc} or {@code netty}
     * @return the running servers
     * @throws IOException if they cannot be started
     */
    public static RawRatis start(Path directory, String transport) throws IOException {
        return new RawRatis(directory, freePorts(), SupportedRpcType.valueOfIgnoreCase(transport));
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

    private static RaftProperties properties(Path directory, int port, SupportedRpcType transport) {
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, TimeDuration.valueOf(1, TimeUnit.SECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, TimeDuration.valueOf(2, TimeUnit.SECONDS));
        RaftConfigKeys.Rpc.setType(properties, transport);
        GrpcConfigKeys.Server.setPort(properties, port);
        NettyConfigKeys.Server.setPort(properties, port);
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, transport == SupportedRpcType.GRPC);
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

    /**
     * Appends an entry.
     *
     * @param entry its content; not to be changed afterwards
     * @return completes when it was applied
     */
    public CompletableFuture<?> append(byte[] entry) {
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
