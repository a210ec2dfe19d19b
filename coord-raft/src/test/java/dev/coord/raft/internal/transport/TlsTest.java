package dev.coord.raft.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class TlsTest {
    /** The other side is closing, and must not pass for one that is set up wrongly: nobody would look whether it is gone. */
    @Test
    void isTlsFailure_ofAConnectionThatIsLost_isFalse() {
        List<Throwable> lost = List.of(
                new SSLException("failure when writing TLS control frames", new ClosedChannelException()),
                new SSLException("failure when writing TLS control frames", new IOException("Broken pipe")),
                new DecoderException(new SSLException("connection lost", new IOException("Connection reset by peer"))),
                new IOException("Connection reset by peer"));
        assertThat(lost).noneMatch(Tls::isTlsFailure);
    }

    @Test
    void isTlsFailure_ofSidesThatDoNotAgree_isTrue() {
        SSLHandshakeException distrust = new SSLHandshakeException("general SSLEngine problem");
        distrust.initCause(new CertificateException("not known"));
        List<Throwable> disagree = List.of(
                distrust,
                new DecoderException(distrust),
                new DecoderException(new SSLException("Received fatal alert: bad_certificate")),
                new DecoderException(new NotSslRecordException("not an SSL/TLS record")));
        assertThat(disagree).allMatch(Tls::isTlsFailure);
    }
}
