package dev.coord.examples.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.raft.PeerStatus;
import dev.coord.raft.internal.transport.FreePorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerProgramTest {
    @TempDir
    Path directory;

    @Test
    void peer_thatRuns_saysSo() throws Exception {
        Path file = Files.writeString(
                directory.resolve("peer.properties"),
                "coord.id=n1\ncoord.election-timeout=200ms\ncoord.session-ttl=2s\nhealth.port=1\n");
        PeerSettings settings = PeerSettings.of(
                file.toString(),
                "--health.port=0",
                "--coord.members=n1=127.0.0.1:" + FreePorts.find(),
                "--coord.data-directory=" + directory.resolve("data"));
        try (PeerProgram program = PeerProgram.start(settings)) {
            program.peer().coord().kv().put("/a", "1");
            HttpResponse<String> answer = get(program.healthPort());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body())
                    .contains("\"state\":\"RUNNING\"", "\"leader\":\"n1\"", "\"leading\":true", "\"revision\":1");
        }
    }

    private static HttpResponse<String> get(int port) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void peer_thatFailed_isNotHealthy() throws Exception {
        PeerStatus failed = new PeerStatus("n1", PeerStatus.State.FAILED, null, false, 3, 7, 9, "disk \"full\"\n");
        try (HealthEndpoint endpoint = new HealthEndpoint("127.0.0.1", 0, () -> failed)) {
            HttpResponse<String> answer = get(endpoint.port());
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body())
                    .isEqualTo("{\"id\":\"n1\",\"state\":\"FAILED\",\"leader\":null,\"leading\":false,\"term\":3,"
                            + "\"revision\":7,\"appliedIndex\":9,\"problem\":\"disk \\\"full\\\"\\u000a\"}\n");
        }
    }

    @Test
    void settings_thatAreWrong_areRefusedByName() {
        assertThatThrownBy(() -> PeerSettings.of("--coord.id"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--coord.id has no value");
        assertThatThrownBy(() -> PeerSettings.of("--colour=red").peer())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown property 'colour'");
        assertThatThrownBy(() -> PeerSettings.of("--health.port=many").healthPort())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'many' is not a port");
        assertThatThrownBy(() -> PeerSettings.of(directory.resolve("none").toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no file");
    }
}
