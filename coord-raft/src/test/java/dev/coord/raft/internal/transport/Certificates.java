package dev.coord.raft.internal.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.raft.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Authorities and certificates made with the JDK's keytool, as PEM files and key stores in one directory. */
final class Certificates {
    private static final String PASSWORD = "changeit";

    private final Path directory;

    Certificates(Path directory) {
        this.directory = directory;
    }

    static char[] password() {
        return PASSWORD.toCharArray();
    }

    Path store(String name) {
        return directory.resolve(name + ".p12");
    }

    Path chainPem(String name) {
        return directory.resolve(name + ".crt");
    }

    Path keyPem(String name) {
        return directory.resolve(name + ".key");
    }

    void authority(String name) throws Exception {
        generate(name, "CN=" + name, "-ext", "bc:c", "-validity", "30");
        exportPem(name);
    }

    /** A certificate issued by the authority; options may name another validity or a subject alternative name. */
    void issue(String authority, String name, String subject, String... options) throws Exception {
        generate(name, subject, "-validity", "30");
        Path request = directory.resolve(name + ".csr");
        Path issued = directory.resolve(name + ".issued");
        keytool(name, "-certreq", "-file", request.toString());
        List<String> command = new ArrayList<>(
                List.of("-gencert", "-rfc", "-infile", request.toString(), "-outfile", issued.toString()));
        command.addAll(List.of(options.length == 0 ? new String[] {"-validity", "30"} : options));
        keytool(authority, command.toArray(new String[0]));
        Files.writeString(issued, Files.readString(issued) + Files.readString(chainPem(authority)));
        keytool(name, "-importcert", "-noprompt", "-file", issued.toString());
        exportPem(name);
    }

    TlsConfig tls(String identity, String authority) {
        return TlsConfig.pem(chainPem(identity), keyPem(identity), chainPem(authority));
    }

    private void generate(String name, String subject, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-storetype", "PKCS12", "-dname", subject));
        command.addAll(List.of(options));
        keytool(name, command.toArray(new String[0]));
    }

    private void keytool(String name, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "-keystore",
                store(name).toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                "key",
                "-J-XX:TieredStopAtLevel=1"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
        assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
    }

    KeyStore load(String name) throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(store(name).toFile(), password());
    }

    private void exportPem(String name) throws IOException, GeneralSecurityException {
        KeyStore store = load(name);
        StringBuilder chain = new StringBuilder();
        for (Certificate certificate : store.getCertificateChain("key")) {
            chain.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        Files.writeString(chainPem(name), chain);
        Files.writeString(
                keyPem(name), pem("PRIVATE KEY", store.getKey("key", password()).getEncoded()));
    }

    private static String pem(String type, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
    }
}
