package dev.coord.raft.internal.transport;

import dev.coord.raft.TlsConfig;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** TLS 1.3 with the JDK's engine, whose certificates name the peers. */
final class Tls {
    private static final String[] PROTOCOLS = {"TLSv1.3"};
    private static final int SAN_DNS_NAME = 2;
    private static final String ALERT = "Received fatal alert: ";

    private final TlsConfig config;

    Tls(TlsConfig config) {
        this.config = config;
    }

    SslHandler clientHandler() {
        // Without host and port the engine resumes no session, so a certificate that expires is noticed.
        return handler(config.sslContext().createSSLEngine(), true);
    }

    SslHandler serverHandler() {
        SSLEngine engine = config.sslContext().createSSLEngine();
        engine.setNeedClientAuth(config.requireClientAuth());
        return handler(engine, false);
    }

    private static SslHandler handler(SSLEngine engine, boolean client) {
        engine.setUseClientMode(client);
        engine.setEnabledProtocols(PROTOCOLS);
        SslHandler handler = new SslHandler(engine);
        // The connection's own handshake timeout covers TLS as well.
        handler.setHandshakeTimeoutMillis(0);
        return handler;
    }

    /** Why the server at the other end is not the peer, or null. */
    @Nullable
    String objection(SSLSession session, String peer) {
        return config.verifyPeerIds() ? unproved(session, peer) : null;
    }

    /** Why the client at the other end is not the peer, or null; one that need not show a certificate is believed. */
    @Nullable
    String objectionToClient(SSLSession session, String peer) {
        return config.requireClientAuth() && config.verifyPeerIds() ? unproved(session, peer) : null;
    }

    private static @Nullable String unproved(SSLSession session, String peer) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            List<String> names = names((X509Certificate) chain[0]);
            return names.contains(peer) ? null : "the certificate is for " + names + ", not for " + peer;
        } catch (SSLPeerUnverifiedException | CertificateParsingException | InvalidNameException e) {
            return "the certificate does not say for whom it is: " + e.getMessage();
        }
    }

    private static List<String> names(X509Certificate certificate)
            throws CertificateParsingException, InvalidNameException {
        List<String> names = new ArrayList<>();
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
            if (alternative.get(0).equals(SAN_DNS_NAME)) {
                names.add(String.valueOf(alternative.get(1)));
            }
        }
        for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
            if (part.getType().equalsIgnoreCase("CN")) {
                names.add(String.valueOf(part.getValue()));
            }
        }
        return names;
    }

    /** Whether the two sides do not agree: Netty also wraps what is a lost connection, if it is lost during a handshake. */
    static boolean isTlsFailure(Throwable error) {
        Throwable root = first(error, cause -> cause.getCause() == null);
        boolean isOfTheNetwork = root instanceof IOException && !(root instanceof SSLException);
        return find(error, SSLException.class) != null && !isOfTheNetwork;
    }

    /** What went wrong, in one line and in the words of an operator. */
    static String describe(Throwable error) {
        if (find(error, NotSslRecordException.class) != null) {
            return "the other side does not speak TLS";
        }
        if (find(error, CertificateExpiredException.class) != null) {
            return "its certificate has expired";
        }
        if (find(error, CertificateNotYetValidException.class) != null) {
            return "its certificate is not valid yet";
        }
        if (find(error, CertificateException.class) != null) {
            return "its certificate is not issued by an authority that is trusted here";
        }
        String message = RemoteFailure.message(find(error, SSLException.class));
        int alert = message.indexOf(ALERT);
        if (alert >= 0) {
            return "it refused our certificate or our TLS: " + message.substring(alert + ALERT.length());
        }
        return message.contains("Empty client certificate chain") ? "it presented no certificate" : message;
    }

    private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
        return type.cast(first(error, type::isInstance));
    }

    /** The first along the causes that is so. */
    private static @Nullable Throwable first(Throwable error, Predicate<Throwable> isSo) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (isSo.test(cause)) {
                return cause;
            }
        }
        return null;
    }
}
