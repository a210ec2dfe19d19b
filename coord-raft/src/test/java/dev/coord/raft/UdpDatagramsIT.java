package dev.coord.raft;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.raft.PeerStartException.Reason;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams over real sockets of this machine. */
@Timeout(60)
class UdpDatagramsIT {
    private static final String HOST = "127.0.0.1";

    private record Got(String from, String text) {}

    private final List<UdpDatagrams> opened = new ArrayList<>();
    private final BlockingQueue<Got> got = new LinkedBlockingQueue<>();

    private UdpDatagrams open(String host) {
        UdpDatagrams datagrams = UdpDatagrams.bind(host, 0);
        opened.add(datagrams);
        return datagrams;
    }

    private UdpDatagrams receiving(String host) {
        UdpDatagrams datagrams = open(host);
        datagrams.receive((from, payload) -> got.add(new Got(from, new String(payload, UTF_8))));
        return datagrams;
    }

    private static int port(UdpDatagrams datagrams) {
        return Integer.parseInt(
                datagrams.address().substring(datagrams.address().lastIndexOf(':') + 1));
    }

    @Test
    void advertisedAddress_isToldInsteadOfWhereItListens() throws InterruptedException {
        UdpDatagrams everywhere = UdpDatagrams.bind("0.0.0.0", 0, HOST);
        opened.add(everywhere);
        everywhere.receive((from, payload) -> got.add(new Got(from, new String(payload, UTF_8))));
        assertThat(everywhere.address()).matches("127\\.0\\.0\\.1:[1-9][0-9]*");
        assertThat(exchange(open(HOST), everywhere.address(), "there").text()).isEqualTo("there");
        String address = everywhere.address();
        everywhere.close();
        assertThat(everywhere.address()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "[::1]", " "})
    void hostThatOthersCannotUse_isRefused(String host) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UdpDatagrams.bind(host, 0))
                .withMessageContaining(host);
    }

    /** Sends again until it arrives: even on one machine a datagram may be lost. */
    private Got exchange(UdpDatagrams sender, String to, String text) throws InterruptedException {
        Got received = null;
        for (int i = 0; i < 100 && received == null; i++) {
            sender.send(to, text.getBytes(UTF_8));
            received = got.poll(100, TimeUnit.MILLISECONDS);
        }
        return received;
    }

    private static List<String> udpThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("coord-udp"))
                .toList();
    }

    @AfterEach
    void close_leavesNoThread() {
        opened.forEach(UdpDatagrams::close);
        assertThat(udpThreads()).isEmpty();
    }

    @Test
    void datagram_arrivesWholeWithTheAddressToAnswerTo() throws Exception {
        UdpDatagrams one = open(HOST);
        UdpDatagrams two = receiving(HOST);
        assertThat(two.address()).matches("127\\.0\\.0\\.1:[1-9][0-9]*");
        assertThat(exchange(one, two.address(), "alive")).isEqualTo(new Got(one.address(), "alive"));
        assertThat(udpThreads()).hasSize(2).allMatch(name -> name.matches("coord-udp-0-1"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_400})
    void anyLengthUpToTheMaximum_arrives(int length) throws Exception {
        String text = "x".repeat(length);
        UdpDatagrams two = receiving(HOST);
        assertThat(exchange(open(HOST), two.address(), text).text()).isEqualTo(text);
    }

    @Test
    void ipv6Literal_isSentTo() throws Exception {
        UdpDatagrams one = open("::1");
        UdpDatagrams two = receiving("::1");
        assertThat(two.address()).startsWith("[::1]:");
        Got received = exchange(one, two.address(), "six");
        assertThat(received.text()).isEqualTo("six");
        one.receive((from, payload) -> got.add(new Got(from, "answer")));
        assertThat(exchange(two, received.from(), "back").text()).isEqualTo("answer");
    }

    @Test
    void name_isLookedUpOffTheLoop() throws Exception {
        UdpDatagrams two = receiving(HOST);
        assertThat(exchange(open(HOST), "localhost:" + port(two), "named").text())
                .isEqualTo("named");
        assertThat(udpThreads()).contains("coord-udp-dns");
    }

    @Test
    void unknownHost_losesWhatIsSentToIt() throws Exception {
        UdpDatagrams one = open(HOST);
        one.send("no-such-host.invalid:7000", new byte[1]);
        UdpDatagrams two = receiving(HOST);
        assertThat(exchange(one, two.address(), "still here")).isNotNull();
    }

    @Test
    void portInUse_isTypedAndLeavesNoThread() {
        UdpDatagrams one = open(HOST);
        List<String> before = udpThreads();
        assertThatThrownBy(() -> UdpDatagrams.bind(HOST, port(one)))
                .isInstanceOfSatisfying(
                        PeerStartException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PORT_IN_USE))
                .hasMessageStartingWith("cannot receive datagrams on " + one.address())
                .hasMessageEndingWith("stop what uses the port, or listen on another");
        assertThat(udpThreads()).isEqualTo(before);
    }

    @Test
    void unknownOwnHost_isTyped() {
        assertThatThrownBy(() -> UdpDatagrams.bind("no-such-host.invalid", 0))
                .isInstanceOfSatisfying(
                        PeerStartException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OTHER))
                .hasMessage(
                        "cannot receive datagrams on no-such-host.invalid:0: its host is unknown; give an address of"
                                + " this machine");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "host", "host:", ":7", "host:0", "host:65536", "host:x", "::1:7000", "[host]:7", "[]:7"})
    void whatIsNoAddress_isRefused(String address) {
        UdpDatagrams one = open(HOST);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one.send(address, new byte[1]))
                .withMessage("'" + address
                        + "' is no address; one looks like 10.0.0.1:7101, name.example:7101 or [::1]:7101");
    }

    @Test
    void tooLong_isRefused() {
        UdpDatagrams one = open(HOST);
        assertThat(one.maxPayload()).isEqualTo(1_400);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one.send("127.0.0.1:7", new byte[1_401]))
                .withMessage("a datagram of 1401 bytes; at most 1400 can be sent: split it");
    }

    @Test
    void secondReceiver_isRefused() {
        UdpDatagrams one = receiving(HOST);
        assertThatIllegalStateException()
                .isThrownBy(() -> one.receive((from, payload) -> {}))
                .withMessageEndingWith("are received already: open another socket");
    }

    @Test
    void receiverThatThrows_isCalledAgain() throws Exception {
        UdpDatagrams two = open(HOST);
        two.receive((from, payload) -> {
            got.add(new Got(from, "seen"));
            throw new IllegalStateException("a bug of the receiver");
        });
        UdpDatagrams one = open(HOST);
        assertThat(exchange(one, two.address(), "1")).isNotNull();
        assertThat(exchange(one, two.address(), "2")).isNotNull();
    }

    @Test
    void strangersBytes_areHandedOverCutOffAboveTheMaximum() throws Exception {
        UdpDatagrams two = open(HOST);
        BlockingQueue<Integer> lengths = new LinkedBlockingQueue<>();
        two.receive((from, payload) -> lengths.add(payload.length));
        try (DatagramSocket stranger = new DatagramSocket(0, InetAddress.getByName(HOST))) {
            Random random = new Random(9);
            for (int i = 0; i < 200; i++) {
                byte[] bytes = new byte[i % 10 == 0 ? 60_000 : random.nextInt(1_500)];
                random.nextBytes(bytes);
                stranger.send(new DatagramPacket(bytes, bytes.length, InetAddress.getByName(HOST), port(two)));
                Integer length = lengths.poll(1, TimeUnit.SECONDS);
                if (length != null) {
                    assertThat(length).isEqualTo(Math.min(bytes.length, 2_048));
                }
            }
        }
        got.clear();
        UdpDatagrams three = receiving(HOST);
        assertThat(exchange(two, three.address(), "unharmed").text()).isEqualTo("unharmed");
    }

    /** The receiver stands still, and so does the loop of the sender: whoever sends goes on, and what is too much is dropped. */
    @Test
    void sendersNeverWait() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        UdpDatagrams one = open(HOST);
        AtomicInteger arrived = new AtomicInteger();
        one.receive((from, payload) -> {
            arrived.incrementAndGet();
            stuck.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        UdpDatagrams two = open(HOST);
        while (stuck.getCount() > 0) {
            two.send(one.address(), new byte[1]);
            stuck.await(10, TimeUnit.MILLISECONDS);
        }
        // With the loop stuck nothing leaves; without a bound 100,000 datagrams of 1,400 bytes would stay in memory.
        byte[] payload = new byte[1_400];
        UdpDatagrams three = receiving(HOST);
        for (int i = 0; i < 100_000; i++) {
            one.send(three.address(), payload);
        }
        assertThat(got).isEmpty();
        goOn.countDown();
        int delivered = 0;
        while (got.poll(500, TimeUnit.MILLISECONDS) != null) {
            delivered++;
        }
        assertThat(delivered).isBetween(1, 100);
        assertThat(exchange(one, three.address(), "after")).isNotNull();
    }

    @Test
    void closed_sendsAndHandsOverNothing() throws Exception {
        UdpDatagrams one = open(HOST);
        UdpDatagrams two = receiving(HOST);
        assertThat(exchange(one, two.address(), "before")).isNotNull();
        String address = two.address();
        two.close();
        two.close();
        got.clear();
        one.send(address, new byte[1]);
        two.send(one.address(), new byte[1]);
        assertThat(got.poll(200, TimeUnit.MILLISECONDS)).isNull();
        UdpDatagrams again = UdpDatagrams.bind(HOST, Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
        again.close();
    }

    @Test
    void closeByTheReceiver_doesNotWaitForItself() throws Exception {
        UdpDatagrams two = open(HOST);
        two.receive((from, payload) -> {
            two.close();
            got.add(new Got(from, "closed"));
        });
        assertThat(exchange(open(HOST), two.address(), "close")).isNotNull();
    }
}
