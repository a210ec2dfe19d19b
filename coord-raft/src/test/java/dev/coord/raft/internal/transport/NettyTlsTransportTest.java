package dev.coord.raft.internal.transport;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract again, by mutual TLS. */
class NettyTlsTransportTest extends NettyTransportTest {
    @TempDir
    static Path directory;

    private static Certificates certificates;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = new Certificates(directory);
        certificates.authority("ca");
        for (String peer : new String[] {"n1", "n2", "n3"}) {
            certificates.issue("ca", peer, "CN=" + peer);
        }
    }

    @Override
    NettyTransportConfig config(NettyTransportConfig defaults) {
        return defaults.withTls(certificates.tls(defaults.peerId(), "ca"));
    }
}
