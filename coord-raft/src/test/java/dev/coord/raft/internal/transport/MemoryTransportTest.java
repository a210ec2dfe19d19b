package dev.coord.raft.internal.transport;

import static dev.coord.raft.internal.transport.Probe.answer;
import static dev.coord.raft.internal.transport.Probe.ask;
import static dev.coord.raft.internal.transport.Probe.await;
import static dev.coord.raft.internal.transport.Probe.failure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class MemoryTransportTest extends TransportContract {
    private static final Duration SHORT = Duration.ofMillis(100);

    private final TestScheduler scheduler = new TestScheduler();
    private final MemoryNetwork network = new MemoryNetwork(scheduler, 42);

    @Override
    Transport create(String peer) {
        return network.transport(peer);
    }

    @Override
    void shutDown() {
        scheduler.close();
    }

    private Queue<Integer> sendNumbers(int count) throws Exception {
        Queue<Integer> seen = new ConcurrentLinkedQueue<>();
        Transport n1 = start("n1", ECHO);
        start("n2", (from, kind, payload) -> {
            seen.add(Integer.parseInt(new String(payload, UTF_8)));
            return CompletableFuture.completedFuture(payload);
        });
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(ask(n1, "n2", Integer.toString(i)));
        }
        for (CompletableFuture<byte[]> answer : answers) {
            answer(answer);
        }
        return seen;
    }

    private static List<Integer> upTo(int count) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    @Test
    void messages_withRandomDelays_keepTheirOrder() throws Exception {
        network.faults(LinkFaults.NONE.withDelay(Duration.ZERO, Duration.ofMillis(20)));

        assertThat(sendNumbers(100)).containsExactlyElementsOf(upTo(100));
    }

    @Test
    void messages_withReorder_overtakeEachOther() throws Exception {
        network.faults(
                LinkFaults.NONE.withDelay(Duration.ZERO, Duration.ofMillis(20)).withReorder(true));

        assertThat(sendNumbers(100))
                .containsExactlyInAnyOrderElementsOf(upTo(100))
                .isNotEqualTo(upTo(100));
    }

    @Test
    void request_duplicated_isHandledTwiceAndAnsweredOnce() throws Exception {
        network.faults("n1", "n2", LinkFaults.NONE.withDuplicateRate(1));

        Queue<Integer> seen = sendNumbers(3);

        await("all arrived", () -> seen.size() == 6);
        assertThat(seen).containsExactly(0, 0, 1, 1, 2, 2);
    }

    @Test
    void messages_dropped_timeOut() throws Exception {
        Transport n1 = start("n1", ECHO);
        start("n2", ECHO);
        network.faults("n2", "n1", LinkFaults.NONE.withDropRate(1));

        assertThat(failure(ask(n1, "n2", "x", SHORT))).hasMessageContaining("did not answer");
        network.reset();
        assertThat(answer(ask(n1, "n2", "x"))).isEqualTo("n1 PROPOSE x");
    }

    @Test
    void dropFilter_picksMessages() throws Exception {
        Transport n1 = start("n1", ECHO);
        start("n2", ECHO);
        network.dropIf((from, to, kind, response) -> kind == MessageKind.READ_INDEX && response);

        assertThat(failure(n1.request("n2", MessageKind.READ_INDEX, new byte[1], SHORT)))
                .hasMessageContaining("did not answer");
        assertThat(answer(ask(n1, "n2", "x"))).isEqualTo("n1 PROPOSE x");
    }

    @Test
    void link_cutOneWay_losesRequestsOneWayAndResponsesTheOther() throws Exception {
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        Transport n1 = start("n1", ECHO);
        Transport n2 = start("n2", (from, kind, payload) -> {
            handled.add(from);
            return CompletableFuture.completedFuture(payload);
        });
        network.cut("n2", "n1");

        failure(ask(n1, "n2", "x", SHORT));
        failure(ask(n2, "n1", "x", SHORT));
        assertThat(handled).containsExactly("n1");

        network.heal();
        answer(ask(n1, "n2", "x"));
        answer(ask(n2, "n1", "x"));
    }

    @Test
    void message_onItsWayWhenTheLinkIsCut_isLost() throws Exception {
        Transport n1 = start("n1", ECHO);
        start("n2", ECHO);
        network.faults("n1", "n2", LinkFaults.NONE.withDelay(Duration.ofMillis(20)));

        CompletableFuture<byte[]> asked = ask(n1, "n2", "x", SHORT);
        network.cut("n1", "n2");

        assertThat(failure(asked)).hasMessageContaining("did not answer");
    }

    @Test
    void partition_separatesGroupsOnly() throws Exception {
        Transport n1 = start("n1", ECHO);
        Transport n2 = start("n2", ECHO);
        start("n3", ECHO);
        network.partition(List.of(Set.of("n1"), Set.of("n2", "n3")));

        failure(ask(n1, "n2", "x", SHORT));
        failure(ask(n2, "n1", "x", SHORT));
        answer(ask(n2, "n3", "x"));

        network.heal();
        answer(ask(n1, "n2", "x"));
    }

    @Test
    void peer_closesBehindAPartition_isNotNoticed() throws Exception {
        Queue<String> gone = new ConcurrentLinkedQueue<>();
        Transport n1 = start("n1", ECHO, gone::add);
        Transport n2 = start("n2", MUTE);
        failure(ask(n1, "n2", "x", SHORT));
        network.partition(List.of(Set.of("n1"), Set.of("n2")));

        CompletableFuture<byte[]> asked = ask(n1, "n2", "x", SHORT);
        n2.close();

        assertThat(failure(asked)).hasMessageContaining("did not answer");
        assertThat(failure(ask(n1, "n2", "x", SHORT))).hasMessageContaining("did not answer");
        assertThat(gone).isEmpty();
    }

    @Test
    void start_sameIdTwice_isRefused() throws Exception {
        start("n1", ECHO);

        assertThatThrownBy(() -> create("n1").start(ECHO, peer -> {})).isInstanceOf(BindException.class);
    }

    @Test
    void everything_withAnExecutorOfTheCaller_runsThere() throws Exception {
        MemoryNetwork direct = new MemoryNetwork(scheduler, 1, peer -> Runnable::run);
        Transport n1 = direct.transport("n1");
        Transport n2 = direct.transport("n2");
        n1.start(ECHO, peer -> {});
        n2.start(ECHO, peer -> {});

        assertThat(ask(n1, "n2", "x")).isCompleted();
        n1.close();
        n2.close();
    }
}
