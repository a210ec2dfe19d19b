package dev.coord.raft.internal.transport;

import static dev.coord.raft.internal.transport.Probe.LONG;
import static dev.coord.raft.internal.transport.Probe.answer;
import static dev.coord.raft.internal.transport.Probe.ask;
import static dev.coord.raft.internal.transport.Probe.askUntilAnswered;
import static dev.coord.raft.internal.transport.Probe.await;
import static dev.coord.raft.internal.transport.Probe.bytes;
import static dev.coord.raft.internal.transport.Probe.failure;
import static dev.coord.raft.internal.transport.Probe.hasThread;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.raft.internal.transport.Transport.ConnectionListener;
import dev.coord.raft.internal.transport.Transport.RequestHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every transport must do. Peers are n1 to n3; the same id can be created again once closed. */
@Timeout(120)
abstract class TransportContract {
    static final RequestHandler ECHO = (from, kind, payload) ->
            CompletableFuture.completedFuture(bytes(from + " " + kind + " " + new String(payload, UTF_8)));
    static final RequestHandler MUTE = (from, kind, payload) -> new CompletableFuture<>();
    private static final ConnectionListener NOBODY = peer -> {};

    final Map<String, Transport> transports = new ConcurrentHashMap<>();

    /** A transport that is not started. */
    abstract Transport create(String peer) throws Exception;

    abstract void shutDown();

    @AfterEach
    void closeAll() {
        transports.values().forEach(Transport::close);
        shutDown();
        assertThat(hasThread("coord-n")).isFalse();
    }

    Transport start(String peer, RequestHandler handler) throws Exception {
        return start(peer, handler, NOBODY);
    }

    Transport start(String peer, RequestHandler handler, ConnectionListener listener) throws Exception {
        Transport transport = create(peer);
        transports.put(peer, transport);
        transport.start(handler, listener);
        return transport;
    }

    @Test
    void request_toStartedPeer_carriesSenderKindAndPayload() throws Exception {
        Transport n1 = start("n1", ECHO);
        Transport n2 = start("n2", ECHO);

        assertThat(answer(ask(n1, "n2", "hello"))).isEqualTo("n1 PROPOSE hello");
        assertThat(answer(n2.request("n1", MessageKind.RAFT_VOTE, bytes("vote"), LONG)))
                .isEqualTo("n2 RAFT_VOTE vote");
    }

    @Test
    void request_emptyPayloadAndEmptyAnswer_arrive() throws Exception {
        Transport n1 = start("n1", ECHO);
        start("n2", (from, kind, payload) -> CompletableFuture.completedFuture(payload));

        assertThat(answer(ask(n1, "n2", ""))).isEmpty();
    }

    @Test
    void requests_ofOneSender_arriveInOrder() throws Exception {
        Queue<Integer> seen = new ConcurrentLinkedQueue<>();
        Transport n1 = start("n1", ECHO);
        start("n2", (from, kind, payload) -> {
            seen.add(Integer.parseInt(new String(payload, UTF_8)));
            return CompletableFuture.completedFuture(payload);
        });

        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        List<Integer> sent = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            sent.add(i);
            answers.add(ask(n1, "n2", Integer.toString(i)));
        }
        for (CompletableFuture<byte[]> answer : answers) {
            answer(answer);
        }
        assertThat(seen).containsExactlyElementsOf(sent);
    }

    @Test
    void requests_ofManyThreads_eachGetTheirAnswer() throws Exception {
        Transport n1 = start("n1", ECHO);
        start("n2", (from, kind, payload) -> CompletableFuture.supplyAsync(() -> payload));

        List<CompletableFuture<Void>> askers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int thread = t;
            askers.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 200; i++) {
                    String text = thread + "-" + i;
                    assertThat(ask(n1, "n2", text).join()).isEqualTo(bytes(text));
                }
            }));
        }
        for (CompletableFuture<Void> asker : askers) {
            asker.get(LONG.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void request_largePayloads_arriveWhole() throws Exception {
        Transport n1 = start("n1", ECHO);
        start("n2", (from, kind, payload) -> CompletableFuture.completedFuture(payload));
        byte[] large = new byte[4 << 20];
        new Random(1).nextBytes(large);

        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(n1.request("n2", MessageKind.RAFT_SNAPSHOT, large, LONG));
        }
        for (CompletableFuture<byte[]> answer : answers) {
            assertThat(answer.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(large);
        }
    }

    @Test
    void handler_fails_tellsTheAsker() throws Exception {
        Transport n1 = start("n1", ECHO);
        start("n2", (from, kind, payload) -> CompletableFuture.failedFuture(new IllegalStateException("not leader")));
        start("n3", (from, kind, payload) -> {
            throw new IllegalStateException("thrown");
        });

        assertThat(failure(ask(n1, "n2", "x")))
                .hasMessageContaining("n2")
                .hasMessageContaining("not leader")
                .matches(error -> !surelyNotHandled(error));
        assertThat(failure(ask(n1, "n3", "x"))).hasMessageContaining("n3").hasMessageContaining("thrown");
    }

    @Test
    void request_withoutAnswer_timesOut() throws Exception {
        Transport n1 = start("n1", ECHO);
        AtomicBoolean mute = new AtomicBoolean();
        start("n2", (from, kind, payload) -> (mute.get() ? MUTE : ECHO).handle(from, kind, payload));
        ask(n1, "n2", "connect").get(); // else the time may be over before it was sent
        mute.set(true);

        assertThat(failure(ask(n1, "n2", "x", Duration.ofMillis(50))))
                .hasMessageContaining("n2 did not answer within 50 ms")
                .matches(error -> !surelyNotHandled(error));
    }

    @Test
    void request_toPeerNotStarted_isRefusedAtOnce() throws Exception {
        Transport n1 = start("n1", ECHO);
        create("n2").close();

        assertThat(failure(ask(n1, "n2", "x")))
                .hasMessageContaining("n2")
                .hasMessageContaining("refused")
                .matches(TransportContract::surelyNotHandled);
    }

    private static boolean surelyNotHandled(Throwable error) {
        return error instanceof TransportException failed && !failed.wasSent();
    }

    @Test
    void request_toOneself_isMisuse() throws Exception {
        Transport n1 = start("n1", ECHO);

        assertThatThrownBy(() -> ask(n1, "n1", "x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void start_twice_isMisuse() throws Exception {
        Transport n1 = start("n1", ECHO);

        assertThatThrownBy(() -> n1.start(ECHO, NOBODY)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void close_withPendingRequests_failsThem() throws Exception {
        Transport n1 = start("n1", ECHO);
        start("n2", MUTE);
        CompletableFuture<byte[]> pending = ask(n1, "n2", "x");

        n1.close();

        assertThat(failure(pending)).hasMessageContaining("closed");
        assertThat(failure(ask(n1, "n2", "x")))
                .hasMessageContaining("closed")
                .matches(TransportContract::surelyNotHandled);
        assertThat(hasThread("coord-n1")).isFalse();
        n1.close();
    }

    @Test
    void close_fromItsOwnThread_returns() throws Exception {
        Transport n1 = start("n1", ECHO);
        CompletableFuture<Void> closed = new CompletableFuture<>();
        start("n2", (from, kind, payload) -> {
            Objects.requireNonNull(transports.get("n2")).close();
            closed.complete(null);
            return new CompletableFuture<>();
        });

        failure(ask(n1, "n2", "x"));
        closed.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void peer_closes_failsRequestsToItAndIsReportedGone() throws Exception {
        Queue<String> gone = new ConcurrentLinkedQueue<>();
        Queue<String> arrived = new ConcurrentLinkedQueue<>();
        Transport n1 = start("n1", ECHO, gone::add);
        Transport n2 = start("n2", (from, kind, payload) -> {
            arrived.add(from);
            return new CompletableFuture<>();
        });
        CompletableFuture<byte[]> pending = ask(n1, "n2", "x");
        await("the request arrived", () -> !arrived.isEmpty());

        n2.close();

        assertThat(failure(pending))
                .hasMessageContaining("n2")
                .hasMessageContaining("lost")
                .matches(error -> !surelyNotHandled(error));
        await("n2 is reported gone", () -> !gone.isEmpty());
        assertThat(gone).containsExactly("n2");
    }

    @Test
    void peer_thatOnlyConnectedToUs_closes_isReportedGone() throws Exception {
        Queue<String> gone = new ConcurrentLinkedQueue<>();
        start("n1", ECHO, gone::add);
        Transport n2 = start("n2", ECHO);
        answer(ask(n2, "n1", "x"));

        n2.close();

        await("n2 is reported gone", () -> !gone.isEmpty());
        assertThat(gone).containsExactly("n2");
    }

    @Test
    void peer_restarts_isReachedAgain() throws Exception {
        Transport n1 = start("n1", ECHO);
        Transport n2 = start("n2", ECHO);
        answer(ask(n1, "n2", "x"));

        n2.close();
        start("n2", (from, kind, payload) -> CompletableFuture.completedFuture(bytes("again")));

        assertThat(askUntilAnswered(n1, "n2", "x")).isEqualTo("again");
    }
}
