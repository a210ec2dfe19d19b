package dev.coord.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coord.chaos.Launch;
import dev.coord.chaos.Machine;
import dev.coord.chaos.faults.Firewall.Cut;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FirewallIT {
    private final Firewall firewall = new Firewall();

    @BeforeEach
    void setUp() {
        assumeTrue(Firewall.obstacle(new Machine()).isEmpty(), "no iptables, or not root");
    }

    @AfterEach
    void tearDown() throws Exception {
        firewall.close();
    }

    private static FakePeer peer(int number, ServerSocket listening) {
        return new FakePeer(
                number, "127.0.20" + number + ".1", listening.getLocalPort(), Path.of("none"), new Launch());
    }

    private static ServerSocket listen(int number) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.bind(new InetSocketAddress("127.0.20" + number + ".1", 0));
        return socket;
    }

    private static Socket connect(FakePeer from, FakePeer to) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from.host(), 0));
        socket.connect(new InetSocketAddress(to.host(), to.port()), 1_500);
        return socket;
    }

    private static String rules() throws Exception {
        return Shell.check("iptables", "-w", "-S");
    }

    @Test
    void cut_losesPacketsOneWay_untilItIsHealed() throws Exception {
        try (ServerSocket one = listen(1);
                ServerSocket two = listen(2)) {
            FakePeer first = peer(1, one);
            FakePeer second = peer(2, two);
            connect(first, second).close();
            firewall.cut(List.of(new Cut(first, second)));
            assertThatThrownBy(() -> connect(first, second)).isInstanceOf(SocketTimeoutException.class);
            long dropped = firewall.dropped();
            assertThat(dropped).isPositive();
            // The answers of the first are lost too.
            assertThatThrownBy(() -> connect(second, first)).isInstanceOf(SocketTimeoutException.class);
            assertThat(firewall.dropped()).isGreaterThan(dropped);
            firewall.cut(List.of());
            connect(first, second).close();
            connect(second, first).close();
        }
        assertThat(firewall.dropped()).isPositive();
        firewall.close();
        assertThat(rules())
                .doesNotContain("COORD-CHAOS-" + ProcessHandle.current().pid());
    }

    @Test
    void leftovers_ofARunThatIsNoMore_areRemoved() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        String chain = "COORD-CHAOS-" + ended.pid();
        Shell.check("iptables", "-w", "-N", chain);
        Shell.check("iptables", "-w", "-I", "INPUT", "-i", "lo", "-j", chain);
        Firewall.removeLeftovers();
        assertThat(rules()).doesNotContain(chain);
    }
}
