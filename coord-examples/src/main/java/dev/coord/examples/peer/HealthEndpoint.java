package dev.coord.examples.peer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coord.raft.PeerStatus;
import dev.coord.raft.PeerStatus.State;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells how a peer is: {@code GET /health} is answered by 200 if it takes part, by 503 if it does not (yet, or any more), and
 * in both cases by its state, term, Raft leader and what it has applied, as JSON.
 */
final class HealthEndpoint implements AutoCloseable {
    private static final int TAKES_PART = 200;
    private static final int DOES_NOT = 503;
    private static final int ONLY_GET = 405;

    private final HttpServer server;
    private final Supplier<PeerStatus> status;

    HealthEndpoint(String host, int port, Supplier<PeerStatus> status) throws IOException {
        this.status = status;
        server = HttpServer.create(new InetSocketAddress(host, port), 0);
        server.createContext("/health", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")) {
                exchange.sendResponseHeaders(ONLY_GET, -1);
                return;
            }
            PeerStatus now = status.get();
            byte[] body = json(now).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(now.state() == State.RUNNING ? TAKES_PART : DOES_NOT, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    static String json(PeerStatus status) {
        return "{\"id\":" + text(status.id())
                + ",\"state\":" + text(status.state().name())
                + ",\"leader\":" + text(status.leaderId())
                + ",\"leading\":" + status.leading()
                + ",\"term\":" + status.term()
                + ",\"revision\":" + status.revision()
                + ",\"appliedIndex\":" + status.appliedIndex()
                + ",\"problem\":" + text(status.problem()) + "}\n";
    }

    private static String text(@Nullable String text) {
        if (text == null) {
            return "null";
        }
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each == '"' || each == '\\') {
                quoted.append('\\').append(each);
            } else if (each < ' ') {
                quoted.append(String.format("\\u%04x", (int) each));
            } else {
                quoted.append(each);
            }
        }
        return quoted.append('"').toString();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
