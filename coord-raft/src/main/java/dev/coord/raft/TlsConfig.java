package dev.coord.raft;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * How peers encrypt what they say to each other, and prove who they are: TLS 1.3 with the JDK's provider.
 *
 * <p>By default the proof is mutual. Each peer has a certificate, issued by one of the trust roots of the others, that
 * names its peer id as a DNS subject alternative name or as the common name. Immutable; the files are read once, so new
 * certificates take a restart of the peer.
 */
public final class TlsConfig {
    private final SSLContext sslContext;
    private final boolean hasIdentity;
    private final boolean requireClientAuth;
    private final boolean verifyPeerIds;

    private TlsConfig(Builder builder) {
        KeyStore trusted = builder.trust;
        if (trusted == null) {
            throw new IllegalArgumentException("TLS needs trust roots: call trust()");
        }
        this.hasIdentity = builder.identity != null;
        this.requireClientAuth = builder.requireClientAuth;
        this.verifyPeerIds = builder.verifyPeerIds;
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            sslContext = SSLContext.getInstance("TLSv1.3");
            sslContext.init(keyManagers(builder), trust.getTrustManagers(), null);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the TLS configuration is invalid: " + e.getMessage(), e);
        }
    }

    private static KeyManager @Nullable [] keyManagers(Builder builder) throws GeneralSecurityException {
        if (builder.identity == null) {
            return null;
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(builder.identity, builder.password);
        KeyManager[] managers = keys.getKeyManagers();
        for (int i = 0; i < managers.length; i++) {
            if (managers[i] instanceof X509ExtendedKeyManager manager) {
                managers[i] = new AnyIssuerKeyManager(manager);
            }
        }
        return managers;
    }

    /**
     * Mutual TLS from PEM files.
     *
     * @param certificateChain this peer's certificate, then the intermediate ones if any
     * @param key its private key, unencrypted PKCS#8
     * @param trustRoots the certificates of the authorities that issue for the peers
     * @return the configuration
     * @throws IllegalArgumentException if a file cannot be read or used
     */
    public static TlsConfig pem(Path certificateChain, Path key, Path trustRoots) {
        return builder().identity(certificateChain, key).trust(trustRoots).build();
    }

    /**
     * Returns a builder with mutual authentication and peer ids verified.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the context for the JDK's TLS engines.
     *
     * @return the context
     */
    public SSLContext sslContext() {
        return sslContext;
    }

    /**
     * Tells whether there is a certificate to show; without one a process can connect to peers that do not ask for it,
     * but accept no connection.
     *
     * @return true if a certificate and its key are configured
     */
    public boolean hasIdentity() {
        return hasIdentity;
    }

    /**
     * Tells whether those who connect must show a certificate.
     *
     * @return true unless switched off
     */
    public boolean requireClientAuth() {
        return requireClientAuth;
    }

    /**
     * Tells whether certificates must name the peer id that is claimed.
     *
     * @return true unless switched off
     */
    public boolean verifyPeerIds() {
        return verifyPeerIds;
    }

    /** Collects the settings. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable KeyStore identity;
        private char @Nullable [] password;
        private @Nullable KeyStore trust;
        private boolean requireClientAuth = true;
        private boolean verifyPeerIds = true;

        private Builder() {}

        /**
         * Sets this peer's certificate and key from PEM files.
         *
         * @param certificateChain this peer's certificate, then the intermediate ones if any
         * @param key its private key, unencrypted PKCS#8
         * @return this builder
         * @throws IllegalArgumentException if a file cannot be read or used
         */
        public Builder identity(Path certificateChain, Path key) {
            char[] none = {};
            identity = PemFiles.identity(certificateChain, key, none);
            password = none;
            return this;
        }

        /**
         * Sets this peer's certificate and key from a key store, which must hold one private key.
         *
         * @param store the loaded store
         * @param keyPassword the key's password
         * @return this builder
         */
        public Builder identity(KeyStore store, char[] keyPassword) {
            identity = store;
            password = keyPassword.clone();
            return this;
        }

        /**
         * Sets the trust roots from a PEM file of certificates.
         *
         * @param trustRoots the certificates of the authorities that issue for the peers
         * @return this builder
         * @throws IllegalArgumentException if the file cannot be read or used
         */
        public Builder trust(Path trustRoots) {
            trust = PemFiles.trust(trustRoots);
            return this;
        }

        /**
         * Sets the trust roots from the certificate entries of a key store.
         *
         * @param store the loaded store
         * @return this builder
         */
        public Builder trust(KeyStore store) {
            trust = store;
            return this;
        }

        /**
         * Switches off that those who connect must show a certificate. Then anybody who reaches the port can claim to be
         * a peer.
         *
         * @param required true by default
         * @return this builder
         */
        public Builder requireClientAuth(boolean required) {
            requireClientAuth = required;
            return this;
        }

        /**
         * Switches off that a certificate must name the peer id that is claimed, in a DNS subject alternative name or in
         * the common name. Then any holder of a trusted certificate can claim to be any peer.
         *
         * @param verified true by default
         * @return this builder
         */
        public Builder verifyPeerIds(boolean verified) {
            verifyPeerIds = verified;
            return this;
        }

        /**
         * Builds the configuration.
         *
         * @return the configuration
         * @throws IllegalArgumentException if it is incomplete or cannot be used
         */
        public TlsConfig build() {
            return new TlsConfig(this);
        }
    }
}
