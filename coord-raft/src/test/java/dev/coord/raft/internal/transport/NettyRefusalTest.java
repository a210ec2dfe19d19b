package dev.coord.raft.internal.transport;

import static dev.coord.raft.internal.transport.NettyTransportTest.HOST;
import static dev.coord.raft.internal.transport.Probe.answer;
import static dev.coord.raft.internal.transport.Probe.ask;
import static dev.coord.raft.internal.transport.Probe.await;
import static dev.coord.raft.internal.transport.Probe.bytes;
import static dev.coord.raft.internal.transport.Probe.failure;
import static dev.coord.raft.internal.transport.Probe.hasThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom the transport over TCP lets in, and how it copes with broken and silent connections. */
@Timeout(120)
class NettyRefusalTest {
    private static final Duration SHORT = Duration.ofMillis(100);

    private final List<NettyTransport> transports = new ArrayList<>();
    private final LogCapture log = LogCapture.open();
    private NettyTransport n1;
    private PeerAddress n1Address;

    static NettyTransportConfig config(String peer) {
        return NettyTransportConfig.of("test", peer, new PeerAddress(HOST, 0));
    }

    private NettyTransport create(NettyTransportConfig config, Map<String, PeerAddress> peers) {
        NettyTransport transport = new NettyTransport(config, peers);
        transports.add(transport);
        return transport;
    }

    /** A peer that knows n1, and does not listen. */
    private NettyTransport client(NettyTransportConfig config) {
        return create(config, Map.of("n1", n1Address));
    }

    @BeforeEach
    void startN1() throws Exception {
        n1 = create(config("n1").withLimits(1 << 20, 4 << 20), Map.of("n2", new PeerAddress(HOST, 1)));
        n1.start(TransportContract.ECHO, peer -> {});
        n1Address = new PeerAddress(HOST, n1.port());
    }

    @AfterEach
    void closeAll() {
        transports.forEach(NettyTransport::close);
        log.close();
        assertThat(log.hasStackTraceFromInfoUp()).isFalse();
        assertThat(hasThread("coord-n")).isFalse();
    }

    @Test
    void peer_ofAnotherCluster_isRefusedAndLoggedOnce() throws Exception {
        NettyTransport other = client(NettyTransportConfig.of("other", "n2", new PeerAddress(HOST, 0)));

        for (int i = 0; i < 3; i++) {
            assertThat(failure(ask(other, "n1", "x")))
                    .hasMessageContaining("refused us: n1 is of cluster 'test', not of 'other'");
            other.addresses(Map.of());
            other.addresses(Map.of("n1", n1Address));
        }
        assertThat(log.warnings())
                .filteredOn(message -> message.startsWith("refused a connection from"))
                .hasSize(1);
    }

    @Test
    void peer_unknown_isRefused() throws Exception {
        assertThat(failure(ask(client(config("n9")), "n1", "x")))
                .hasMessageContaining("refused us: n1 knows of no peer n9");
    }

    @Test
    void peer_atTheWrongAddress_isRefused() throws Exception {
        NettyTransport n2 = create(config("n2"), Map.of("n3", n1Address));

        assertThat(failure(ask(n2, "n3", "x"))).hasMessageContaining("this is n1, not n3; check the address");
    }

    @Test
    void peer_ofOurOwnId_isRefused() throws Exception {
        Frame hello = new Hello("test", "n1", "n1").encode();

        assertThat(refusal(encoded(hello))).isEqualTo("two peers call themselves n1");
    }

    @Test
    void peer_ofAnotherVersion_isRefused() throws Exception {
        Frame hello = new Hello("test", "n2", "n1").encode();
        Frame newer = new Frame(hello.type(), (byte) 9, hello.id(), hello.body());

        assertThat(refusal(encoded(newer))).isEqualTo("protocol version 9 is not supported, only version 1");
    }

    @Test
    void garbage_isRefused() throws Exception {
        assertThat(refusal(bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))).contains("a frame of 1195725856 bytes");
        assertThat(refusal(new byte[64])).isEqualTo("this is not the protocol of a Coord peer");
    }

    @Test
    void oversizedFrame_ofAStranger_isRefusedBeforeItArrives() throws Exception {
        byte[] header = ByteBuffer.allocate(Frame.HEADER_BYTES).putInt(1 << 20).array();

        assertThat(refusal(header)).isEqualTo("a frame of 1048576 bytes, where at most 4096 are allowed");
    }

    @Test
    void oversizedRequest_failsAndTheNextOneSucceeds() throws Exception {
        NettyTransport n2 = client(config("n2"));

        assertThat(failure(n2.request("n1", MessageKind.PROPOSE, new byte[17 << 20], Probe.LONG)))
                .hasMessageContaining("where at most 16777216 are allowed");
        failure(n2.request("n1", MessageKind.PROPOSE, new byte[2 << 20], Probe.LONG));
        assertThat(Probe.askUntilAnswered(n2, "n1", "x")).isEqualTo("n2 PROPOSE x");
    }

    @Test
    void oversizedResponse_failsOnlyItsRequest() throws Exception {
        NettyTransport n3 = create(config("n3").withLimits(8192, 1 << 20), Map.of("n2", n1Address));
        n3.start((from, kind, payload) -> CompletableFuture.completedFuture(new byte[10_000]), peer -> {});
        NettyTransport n2 = create(config("n2"), Map.of("n3", new PeerAddress(HOST, n3.port())));

        assertThat(failure(ask(n2, "n3", "x"))).hasMessageContaining("the response of 10000 bytes is larger");
    }

    @Test
    void request_ofUnknownKind_failsOnlyItself() throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(encoded(new Hello("test", "n2", "n1").encode()));
            out.write(encoded(new Frame(Frame.REQUEST, (byte) 99, 7, new byte[0])));
            DataInputStream in = new DataInputStream(socket.getInputStream());

            assertThat(read(in).type()).isEqualTo(Frame.WELCOME);
            Frame response = read(in);
            assertThat(response.id()).isEqualTo(7);
            assertThat(response.code()).isEqualTo(Frame.FAILED);
            assertThat(response.text()).contains("unknown message kind 99");
        }
    }

    @Test
    void start_portInUse_throwsBindExceptionAndLeavesNothing() throws Exception {
        NettyTransport n3 = create(NettyTransportConfig.of("test", "n3", n1Address), Map.of());

        assertThatThrownBy(() -> n3.start(TransportContract.ECHO, peer -> {}))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("127.0.0.1:" + n1.port())
                .hasMessageContaining("in use");
        assertThat(hasThread("coord-n3")).isFalse();
    }

    @Test
    void request_toUnknownPeerOrHost_fails() throws Exception {
        NettyTransport n2 = create(config("n2"), Map.of("n3", new PeerAddress("no-such-host.invalid", 1)));

        assertThat(failure(ask(n2, "n1", "x"))).hasMessageContaining("n2 knows of no peer n1");
        assertThat(failure(ask(n2, "n3", "x"))).hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void address_replaced_leadsToTheNewPlace() throws Exception {
        NettyTransport n2 = create(config("n2"), Map.of("n1", new PeerAddress(HOST, 1)));
        assertThat(failure(ask(n2, "n1", "x"))).hasMessageContaining("refused the connection");

        n2.addresses(Map.of("n1", n1Address));

        assertThat(answer(ask(n2, "n1", "x"))).isEqualTo("n2 PROPOSE x");
    }

    @Test
    void peer_removedFromTheAddressBook_losesItsConnections() throws Exception {
        NettyTransport n2 = client(config("n2"));
        answer(ask(n2, "n1", "x"));

        n1.addresses(Map.of());

        await("n2 is refused", () -> {
            try {
                return failure(ask(n2, "n1", "x")).toString().contains("knows of no peer n2");
            } catch (Exception | AssertionError e) {
                return false;
            }
        });
    }

    @Test
    void requests_beyondTheBound_failAtOnce() throws Exception {
        NettyTransport n3 = create(config("n3"), Map.of("n2", n1Address));
        n3.start(TransportContract.MUTE, peer -> {});
        NettyTransport n2 =
                create(config("n2").withLimits(8192, 20_000), Map.of("n3", new PeerAddress(HOST, n3.port())));

        CompletableFuture<byte[]> first = n2.request("n3", MessageKind.PROPOSE, new byte[8192], SHORT);
        CompletableFuture<byte[]> second = n2.request("n3", MessageKind.PROPOSE, new byte[8192], SHORT);
        assertThat(failure(n2.request("n3", MessageKind.PROPOSE, new byte[8192], Probe.LONG)))
                .hasMessageContaining("more than 20000 bytes wait for n3");

        assertThat(failure(first)).hasMessageContaining("did not answer");
        assertThat(failure(second)).hasMessageContaining("did not answer");
        assertThat(failure(n2.request("n3", MessageKind.PROPOSE, new byte[8192], SHORT)))
                .hasMessageContaining("did not answer");
    }

    @Test
    void peer_thatAcceptsButSaysNothing_failsTheRequest() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            NettyTransport n2 = create(
                    config("n2").withTimeouts(SHORT, SHORT), Map.of("n3", new PeerAddress(HOST, mute.getLocalPort())));

            assertThat(failure(ask(n2, "n3", "x"))).hasMessageContaining("did not answer the handshake");
        }
    }

    @Test
    void peer_thatFallsSilent_losesTheConnectionButIsNotGone() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Queue<String> gone = new ConcurrentLinkedQueue<>();
            NettyTransport n2 = create(
                    config("n2").withTimeouts(Probe.LONG, SHORT),
                    Map.of("n3", new PeerAddress(HOST, server.getLocalPort())));
            n2.start(TransportContract.ECHO, gone::add);
            CompletableFuture<byte[]> asked = ask(n2, "n3", "x");
            try (Socket accepted = server.accept()) {
                accepted.getOutputStream().write(encoded(Frame.signal(Frame.WELCOME)));

                assertThat(failure(asked)).hasMessageContaining("has fallen silent");
            }
            assertThat(gone).isEmpty();
        }
    }

    @Test
    void idleConnection_withPings_staysOpen() throws Exception {
        NettyTransport n2 = client(config("n2").withTimeouts(Probe.LONG, Duration.ofMillis(150)));
        n1.addresses(Map.of("n2", new PeerAddress(HOST, 1)));
        answer(ask(n2, "n1", "x"));
        CompletableFuture<Void> later = new CompletableFuture<>();
        try (TestScheduler timers = new TestScheduler()) {
            timers.schedule(Duration.ofMillis(600), () -> later.complete(null));
            later.get();
        }

        assertThat(answer(ask(n2, "n1", "x"))).isEqualTo("n2 PROPOSE x");
        assertThat(n1.connections()).isEqualTo(1);
    }

    @Test
    void peer_thatBreaksTheConnectionButStillListens_isNotGone() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Queue<String> gone = new ConcurrentLinkedQueue<>();
            NettyTransport n2 = create(config("n2"), Map.of("n3", new PeerAddress(HOST, server.getLocalPort())));
            n2.start(TransportContract.ECHO, gone::add);
            CompletableFuture<byte[]> asked = ask(n2, "n3", "x");
            try (Socket accepted = server.accept()) {
                accepted.getOutputStream().write(encoded(Frame.signal(Frame.WELCOME)));
                read(new DataInputStream(accepted.getInputStream()));
            }

            assertThat(failure(asked)).hasMessageContaining("was lost");
            server.accept().close();
            assertThat(gone).isEmpty();
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), n1.port());
    }

    private static byte[] encoded(Frame frame) {
        return ByteBuffer.allocate(Frame.HEADER_BYTES + frame.body().length)
                .putInt(frame.body().length)
                .put(frame.type())
                .put(frame.code())
                .putLong(frame.id())
                .put(frame.body())
                .array();
    }

    private static Frame read(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte type = in.readByte();
        byte code = in.readByte();
        long id = in.readLong();
        return new Frame(type, code, id, in.readNBytes(length));
    }

    /** Sends the bytes and returns the reason in the refusal that comes back. */
    private String refusal(byte[] sent) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(sent);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Frame refused = read(in);
            assertThat(refused.type()).isEqualTo(Frame.REFUSED);
            assertThat(in.read()).as("closed after the refusal").isEqualTo(-1);
            return refused.text();
        }
    }
}
