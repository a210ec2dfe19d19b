package dev.coord.raft.internal.transport;

import static dev.coord.raft.internal.transport.NettyTransportTest.HOST;
import static dev.coord.raft.internal.transport.Probe.ask;
import static dev.coord.raft.internal.transport.Probe.await;
import static dev.coord.raft.internal.transport.Probe.failure;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer in a process of its own that is killed. */
@Timeout(120)
class KilledPeerIT {

    /** The process: peer n2, which never answers. */
    static final class Peer {
        public static void main(String[] ports) throws Exception {
            NettyTransport n2 = transport("n2", ports[0], ports[1]);
            n2.start(TransportContract.MUTE, peer -> {});
            Probe.answer(ask(n2, "n1", "ready"));
            new CountDownLatch(1).await();
        }
    }

    private static NettyTransport transport(String id, String port1, String port2) {
        Map<String, PeerAddress> peers = Map.of("n1", address(port1), "n2", address(port2));
        PeerAddress bind = address(id.equals("n1") ? port1 : port2);
        return new NettyTransport(NettyTransportConfig.of("test", id, bind), peers);
    }

    private static PeerAddress address(String port) {
        return new PeerAddress(HOST, Integer.parseInt(port));
    }

    @Test
    void peer_killed_failsRequestsAndIsReportedGone() throws Exception {
        String port1 = Integer.toString(FreePorts.find());
        String port2 = Integer.toString(FreePorts.find());
        Queue<String> gone = new ConcurrentLinkedQueue<>();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        try (NettyTransport n1 = transport("n1", port1, port2)) {
            n1.start(
                    (from, kind, payload) -> {
                        ready.complete(null);
                        return CompletableFuture.completedFuture(payload);
                    },
                    gone::add);
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Peer.class.getName(),
                            port1,
                            port2)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                ready.get();
                // Whether this one is still connecting or under way, it fails.
                CompletableFuture<byte[]> pending = ask(n1, "n2", "x");
                process.destroyForcibly().waitFor();

                assertThat(failure(pending)).hasMessageContaining("n2");
                await("n2 is reported gone", () -> gone.contains("n2"));
            } finally {
                process.destroyForcibly();
            }
        }
    }
}
