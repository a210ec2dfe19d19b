package dev.coord.raft;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and keys from PEM files into key stores in memory. */
final class PemFiles {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([A-Za-z0-9+/=\\s]*)-----END");
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

    private PemFiles() {}

    static KeyStore identity(Path chain, Path key, char[] password) {
        Certificate[] certificates = certificates(chain).toArray(new Certificate[0]);
        PrivateKey privateKey = privateKey(key);
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry("identity", privateKey, password, certificates);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    "the certificate in " + chain + " and the key in " + key + " cannot be used: " + e.getMessage(), e);
        }
    }

    static KeyStore trust(Path roots) {
        try {
            KeyStore store = emptyStore();
            for (Certificate root : certificates(roots)) {
                store.setCertificateEntry("root-" + store.size(), root);
            }
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("the trust roots in " + roots + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(Path file) {
        byte[] content = read(file);
        try {
            List<Certificate> found = new ArrayList<>(
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(content)));
            if (found.isEmpty()) {
                throw new IllegalArgumentException(file + " holds no certificate");
            }
            return found;
        } catch (CertificateException e) {
            throw new IllegalArgumentException(file + " is not a PEM file of certificates: " + e.getMessage(), e);
        }
    }

    static PrivateKey privateKey(Path file) {
        Matcher matcher = KEY.matcher(new String(read(file), StandardCharsets.US_ASCII));
        if (!matcher.find()) {
            throw new IllegalArgumentException(file + " holds no private key in PEM form");
        }
        String form = matcher.group(1).trim();
        if (!form.isEmpty()) {
            throw new IllegalArgumentException(file + " holds a private key of the form '" + form
                    + "', where unencrypted PKCS#8 is needed: 'openssl pkcs8 -topk8 -nocrypt' converts it");
        }
        try {
            return decode(Base64.getMimeDecoder().decode(matcher.group(2)), file);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the private key in " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static PrivateKey decode(byte[] der, Path file) throws GeneralSecurityException {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // The encoding names its algorithm, but the JDK offers no way to ask: so try the next.
            }
        }
        throw new IllegalArgumentException(
                "the private key in " + file + " is damaged, or of another algorithm than " + ALGORITHMS);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
        }
    }
}
