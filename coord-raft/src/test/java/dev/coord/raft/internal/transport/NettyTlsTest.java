package dev.coord.raft.internal.transport;

import static dev.coord.raft.internal.transport.NettyTransportTest.HOST;
import static dev.coord.raft.internal.transport.Probe.answer;
import static dev.coord.raft.internal.transport.Probe.ask;
import static dev.coord.raft.internal.transport.Probe.await;
import static dev.coord.raft.internal.transport.Probe.failure;
import static dev.coord.raft.internal.transport.Probe.hasThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.raft.TlsConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may talk by TLS, and what the others are told. The server is n1, the client n2. */
@Timeout(120)
class NettyTlsTest {
    @TempDir
    static Path directory;

    private static Certificates certificates;

    private final List<NettyTransport> transports = new ArrayList<>();
    private final LogCapture log = LogCapture.open();

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = new Certificates(directory);
        certificates.authority("ca");
        certificates.authority("otherca");
        certificates.issue("ca", "n1", "CN=n1");
        certificates.issue("ca", "n2", "CN=some host", "-ext", "san=dns:n2", "-validity", "30");
        certificates.issue("ca", "expired", "CN=n2", "-startdate", "-10d", "-validity", "5");
        certificates.issue("ca", "expired1", "CN=n1", "-startdate", "-10d", "-validity", "5");
        certificates.issue("otherca", "stranger", "CN=n2");
        certificates.issue("otherca", "stranger1", "CN=n1");
    }

    @AfterEach
    void closeAll() {
        transports.forEach(NettyTransport::close);
        log.close();
        assertThat(log.hasStackTraceFromInfoUp()).isFalse();
        assertThat(hasThread("coord-n")).isFalse();
    }

    private NettyTransport n1(@Nullable TlsConfig tls) throws Exception {
        NettyTransport n1 =
                new NettyTransport(NettyRefusalTest.config("n1").withTls(tls), Map.of("n2", new PeerAddress(HOST, 1)));
        transports.add(n1);
        n1.start(TransportContract.ECHO, peer -> {});
        return n1;
    }

    private NettyTransport n2(@Nullable TlsConfig tls, NettyTransport n1) {
        NettyTransport n2 = new NettyTransport(
                NettyRefusalTest.config("n2").withTls(tls), Map.of("n1", new PeerAddress(HOST, n1.port())));
        transports.add(n2);
        return n2;
    }

    private static TlsConfig tls(String identity) {
        return certificates.tls(identity, "ca");
    }

    private void assertRefused(@Nullable TlsConfig server, @Nullable TlsConfig client, String atClient, String atServer)
            throws Exception {
        NettyTransport n1 = n1(server);
        TransportException failure = failure(ask(n2(client, n1), "n1", "x"));

        assertThat(failure).hasMessageContaining(atClient);
        await("a warning '" + atClient + "' and one '" + atServer + "' in " + log.warnings(), () -> {
            List<String> warnings = log.warnings();
            return warnings.stream().anyMatch(warning -> warning.contains(atClient))
                    && warnings.stream().anyMatch(warning -> warning.contains(atServer));
        });
    }

    @Test
    void peers_withCertificatesOfOneAuthority_talk() throws Exception {
        NettyTransport n1 = n1(tls("n1"));
        NettyTransport n2 = n2(tls("n2"), n1);

        assertThat(answer(ask(n2, "n1", "hello"))).isEqualTo("n2 PROPOSE hello");
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void peers_withKeyStores_talk() throws Exception {
        TlsConfig stores = TlsConfig.builder()
                .identity(certificates.load("n2"), Certificates.password())
                .trust(certificates.chainPem("ca"))
                .build();

        assertThat(answer(ask(n2(stores, n1(tls("n1"))), "n1", "x"))).isEqualTo("n2 PROPOSE x");
    }

    @Test
    void client_ofAnotherAuthority_isRefused() throws Exception {
        assertRefused(
                tls("n1"),
                tls("stranger"),
                "it refused our certificate",
                "its certificate is not issued by an authority that is trusted here");
    }

    @Test
    void server_ofAnotherAuthority_isRefused() throws Exception {
        assertRefused(
                tls("stranger1"),
                tls("n2"),
                "its certificate is not issued by an authority that is trusted here",
                "it refused our certificate");
    }

    @Test
    void client_withExpiredCertificate_isRefused() throws Exception {
        assertRefused(tls("n1"), tls("expired"), "it refused our certificate", "its certificate has expired");
    }

    @Test
    void server_withExpiredCertificate_isRefused() throws Exception {
        assertRefused(tls("expired1"), tls("n2"), "its certificate has expired", "it refused our certificate");
    }

    @Test
    void client_withoutCertificate_isRefused() throws Exception {
        TlsConfig trustOnly =
                TlsConfig.builder().trust(certificates.chainPem("ca")).build();

        assertRefused(tls("n1"), trustOnly, "it refused our certificate", "it presented no certificate");
    }

    @Test
    void client_withoutCertificate_isLetInWhereNoneIsRequired() throws Exception {
        TlsConfig lax = TlsConfig.builder()
                .identity(certificates.chainPem("n1"), certificates.keyPem("n1"))
                .trust(certificates.chainPem("ca"))
                .requireClientAuth(false)
                .build();
        TlsConfig trustOnly =
                TlsConfig.builder().trust(certificates.chainPem("ca")).build();

        assertThat(answer(ask(n2(trustOnly, n1(lax)), "n1", "x"))).isEqualTo("n2 PROPOSE x");
    }

    @Test
    void client_withTheCertificateOfAnotherPeer_isRefused() throws Exception {
        assertRefused(
                tls("n1"),
                tls("n1"),
                "refused us: the certificate is for [n1], not for n2",
                "refused a connection from 127.0.0.1: the certificate is for [n1], not for n2");
    }

    @Test
    void server_withTheCertificateOfAnotherPeer_isNotTrusted() throws Exception {
        assertRefused(
                tls("n2"),
                tls("n2"),
                "is not trusted: the certificate is for [n2, some host], not for n1",
                "is not trusted");
    }

    @Test
    void peers_withIdsNotVerified_mayShowAnyTrustedCertificate() throws Exception {
        TlsConfig any = TlsConfig.builder()
                .identity(certificates.chainPem("n2"), certificates.keyPem("n2"))
                .trust(certificates.chainPem("ca"))
                .verifyPeerIds(false)
                .build();

        assertThat(answer(ask(n2(any, n1(any)), "n1", "x"))).isEqualTo("n2 PROPOSE x");
    }

    @Test
    void plaintext_toATlsPort_isRefused() throws Exception {
        assertRefused(tls("n1"), null, "refused us: this port speaks TLS only", "127.0.0.1: this port speaks TLS only");
    }

    @Test
    void tls_toAPlaintextPort_isRefused() throws Exception {
        assertRefused(null, tls("n2"), "the other side does not speak TLS", "this port does not speak TLS");
    }

    @Test
    void start_withoutCertificate_isMisuse() {
        TlsConfig trustOnly =
                TlsConfig.builder().trust(certificates.chainPem("ca")).build();

        assertThatThrownBy(() -> n1(trustOnly)).isInstanceOf(IllegalStateException.class);
    }
}
