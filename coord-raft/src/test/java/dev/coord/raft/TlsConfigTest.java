package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsConfigTest {
    @TempDir
    Path directory;

    private Path file(String content) throws Exception {
        return Files.writeString(directory.resolve("file.pem"), content);
    }

    @Test
    void trust_missingFile_isNamed() {
        Path missing = directory.resolve("missing.pem");

        assertThatThrownBy(() -> TlsConfig.builder().trust(missing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot read " + missing);
    }

    @Test
    void trust_fileWithoutCertificate_isNamed() throws Exception {
        Path empty = file("");
        assertThatThrownBy(() -> TlsConfig.builder().trust(empty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(empty + " holds no certificate");

        Path garbage = file("garbage");
        assertThatThrownBy(() -> TlsConfig.builder().trust(garbage))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(garbage + " is not a PEM file of certificates");
    }

    @Test
    void key_ofAnotherForm_saysHowToConvertIt() throws Exception {
        Path old = file("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");

        assertThatThrownBy(() -> PemFiles.privateKey(old))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("openssl pkcs8");
    }

    @Test
    void key_damaged_isNamed() throws Exception {
        Path damaged = file("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

        assertThatThrownBy(() -> PemFiles.privateKey(damaged))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(damaged.toString());
        assertThatThrownBy(() -> PemFiles.privateKey(file("nothing")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds no private key");
    }

    @Test
    void build_withoutTrustRoots_isRefused() {
        assertThatThrownBy(() -> TlsConfig.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trust roots");
    }
}
