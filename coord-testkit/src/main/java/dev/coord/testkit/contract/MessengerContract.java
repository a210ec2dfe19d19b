package dev.coord.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coord.ClosedException;
import dev.coord.IndeterminateException;
import dev.coord.LimitExceededException;
import dev.coord.UnavailableException;
import dev.coord.net.Messenger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a {@link Messenger} promises. */
public abstract class MessengerContract extends ClusterContract {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** For subclasses. */
    protected MessengerContract() {}

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private Messenger messenger(int number) {
        return cluster().messenger(ids().get(number));
    }

    private String id(int number) {
        return ids().get(number);
    }

    private static CompletableFuture<byte[]> greet(String from, byte[] payload) {
        return CompletableFuture.completedFuture(bytes("hello " + from + ", " + text(payload)));
    }

    private static void assertSays(Throwable error, String what) {
        assertTrue(String.valueOf(error.getMessage()).contains(what), error.toString());
    }

    // ---- asked and answered

    @Test
    void requestToAnotherPeer_isAnsweredByItsService_whichKnowsWhoAsks() {
        try (Messenger.Service service = messenger(1).serve("greet", MessengerContract::greet)) {
            byte[] answer = cluster().await(messenger(0).request(id(1), "greet", bytes("well?"), TIMEOUT));
            assertEquals("hello " + id(0) + ", well?", text(answer));
        }
    }

    @Test
    void requestToItself_isAnsweredToo() {
        try (Messenger.Service service = messenger(0).serve("greet", MessengerContract::greet)) {
            byte[] answer = cluster().await(messenger(0).request(id(0), "greet", bytes("me"), TIMEOUT));
            assertEquals("hello " + id(0) + ", me", text(answer));
        }
    }

    @Test
    void emptyAndGreatestPayload_arriveWhole() {
        byte[] great = new byte[1 << 20];
        great[great.length - 1] = 7;
        try (Messenger.Service service =
                messenger(1).serve("echo", (from, payload) -> CompletableFuture.completedFuture(payload))) {
            assertEquals(0, cluster().await(messenger(0).request(id(1), "echo", new byte[0], TIMEOUT)).length);
            assertArrayEquals(great, cluster().await(messenger(0).request(id(1), "echo", great, TIMEOUT)));
        }
    }

    @Test
    void others_areTheMembersWithoutItself() {
        Set<String> others = messenger(0).others();
        assertEquals(ids().size() - 1, others.size());
        assertTrue(ids().containsAll(others));
        assertEquals(id(0), messenger(0).self());
    }

    @Test
    void manyRequests_areHandledOnceAndInTheirOrder_whateverTheirAnswersTake() {
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        CompletableFuture<byte[]> first = new CompletableFuture<>();
        try (Messenger.Service service = messenger(1).serve("note", (from, payload) -> {
            handled.add(text(payload));
            return text(payload).equals("0") ? first : CompletableFuture.completedFuture(payload);
        })) {
            List<CompletableFuture<byte[]>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(messenger(0).request(id(1), "note", bytes(Integer.toString(i)), TIMEOUT));
            }
            answers.subList(1, 200).forEach(cluster()::await);
            first.complete(new byte[0]);
            cluster().await(answers.get(0));
        }
        assertEquals(IntStream.range(0, 200).mapToObj(Integer::toString).toList(), List.copyOf(handled));
    }

    // ---- not answered

    @Test
    void noSuchService_isSurelyNotHandled() {
        UnavailableException refused =
                failure(UnavailableException.class, messenger(0).request(id(1), "nobody", new byte[0], TIMEOUT));
        assertSays(refused, "no such service");
        failure(UnavailableException.class, messenger(0).request(id(0), "nobody", new byte[0], TIMEOUT));
    }

    @Test
    void closedService_isThereNoMore_andItsNameIsFree() {
        messenger(1).serve("greet", MessengerContract::greet).close();
        failure(UnavailableException.class, messenger(0).request(id(1), "greet", new byte[0], TIMEOUT));
        messenger(1).serve("greet", MessengerContract::greet).close();
    }

    @Test
    void handlerThatThrowsOrFails_isTold_asPerhapsHandled() {
        try (Messenger.Service thrown = messenger(1).serve("throws", (from, payload) -> {
                    throw new IllegalStateException("no luck today");
                });
                Messenger.Service failed = messenger(1)
                        .serve(
                                "fails",
                                (from, payload) -> CompletableFuture.failedFuture(new RuntimeException("nor here")))) {
            IndeterminateException first =
                    failure(IndeterminateException.class, messenger(0).request(id(1), "throws", new byte[0], TIMEOUT));
            assertSays(first, "no luck today");
            IndeterminateException second =
                    failure(IndeterminateException.class, messenger(0).request(id(1), "fails", new byte[0], TIMEOUT));
            assertSays(second, "nor here");
        }
    }

    @Test
    void handlerThatNeverAnswers_endsWithTheTimeout() {
        try (Messenger.Service service = messenger(1).serve("never", (from, payload) -> new CompletableFuture<>());
                Messenger.Service own = messenger(0).serve("never", (from, payload) -> new CompletableFuture<>())) {
            Duration brief = Duration.ofMillis(50);
            failure(IndeterminateException.class, messenger(0).request(id(1), "never", new byte[0], brief));
            failure(IndeterminateException.class, messenger(0).request(id(0), "never", new byte[0], brief));
        }
    }

    @Test
    void crashedPeer_failsWhatWasOnItsWay_andAnswersAgainOnceRestarted() {
        CompletableFuture<Void> arrived = new CompletableFuture<>();
        messenger(2).serve("never", (from, payload) -> {
            arrived.complete(null);
            return new CompletableFuture<>();
        });
        CompletableFuture<byte[]> onItsWay = messenger(0).request(id(2), "never", new byte[0], TIMEOUT);
        cluster().await(arrived);
        cluster().faults().crash(id(2));
        failure(IndeterminateException.class, onItsWay);
        cluster().faults().restart(id(2));
        messenger(2).serve("greet", MessengerContract::greet);
        cluster().runUntil("an answer of the new process", LIMIT, this::isGreeted);
    }

    private boolean isGreeted() {
        try {
            return cluster().await(messenger(0).request(id(2), "greet", new byte[0], TIMEOUT)).length > 0;
        } catch (UnavailableException e) {
            return false;
        }
    }

    @Test
    void veryLongTimeout_isAsGoodAsNone() {
        try (Messenger.Service service = messenger(1).serve("greet", MessengerContract::greet)) {
            for (int peer = 0; peer < 2; peer++) {
                Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
                assertTrue(cluster().await(messenger(peer).request(id(1), "greet", bytes("x"), forEver)).length > 0);
            }
        }
    }

    @Test
    void serviceClosedWhileRequestsWait_handlesNoMore_andTheNextOfItsNameGoesOnInOrder() {
        Queue<String> first = new ConcurrentLinkedQueue<>();
        Queue<String> second = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        List<Messenger.Service> closed = new ArrayList<>();
        closed.add(messenger(1).serve("note", (from, payload) -> {
            first.add(text(payload));
            closed.get(0).close();
            messenger(1).serve("note", (again, later) -> {
                second.add(text(later));
                return CompletableFuture.completedFuture(later);
            });
            return CompletableFuture.completedFuture(payload);
        }));
        for (int i = 0; i < 50; i++) {
            answers.add(messenger(0).request(id(1), "note", bytes(Integer.toString(i)), TIMEOUT));
        }
        // One that comes between the two services is refused.
        List<String> answered = new ArrayList<>();
        answers.forEach(
                answer -> await(answer.handle((payload, refused) -> payload != null && answered.add(text(payload)))));
        answered.add(text(cluster().await(messenger(0).request(id(1), "note", bytes("last"), TIMEOUT))));
        assertEquals(List.of("0"), List.copyOf(first));
        assertEquals(answered.subList(1, answered.size()), List.copyOf(second));
        closed.get(0).close();
        assertThrows(IllegalStateException.class, () -> messenger(1).serve("note", MessengerContract::greet));
    }

    @Test
    void requestsToItselfOfACrashedPeer_fail() {
        messenger(2).serve("never", (from, payload) -> new CompletableFuture<>());
        CompletableFuture<byte[]> own = messenger(2).request(id(2), "never", new byte[0], Duration.ofHours(1));
        cluster().faults().crash(id(2));
        failure(ClosedException.class, own);
        cluster().faults().restart(id(2));
    }

    // ---- misuse

    @Test
    void misuse_isRefusedWithWhatIsWrong() {
        Messenger messenger = messenger(0);
        byte[] none = new byte[0];
        IllegalArgumentException stranger = assertThrows(
                IllegalArgumentException.class, () -> messenger.request("stranger", "greet", none, TIMEOUT));
        assertSays(stranger, "stranger");
        assertSays(stranger, id(1));
        assertThrows(IllegalArgumentException.class, () -> messenger.request(id(1), "", none, TIMEOUT));
        assertThrows(IllegalArgumentException.class, () -> messenger.request(id(1), "n".repeat(65), none, TIMEOUT));
        assertThrows(IllegalArgumentException.class, () -> messenger.request(id(1), "greet", none, Duration.ZERO));
        assertInstanceOf(
                LimitExceededException.class,
                failure(
                        LimitExceededException.class,
                        messenger.request(id(1), "greet", new byte[(1 << 20) + 1], TIMEOUT)));
        try (Messenger.Service service = messenger.serve("greet", MessengerContract::greet)) {
            assertThrows(IllegalStateException.class, () -> messenger.serve("greet", MessengerContract::greet));
        }
    }

    @Test
    void tooMuchUnanswered_isRefused_andNothingOfIt_isForgotten() {
        try (Messenger.Service service = messenger(1).serve("never", (from, payload) -> new CompletableFuture<>())) {
            Duration brief = Duration.ofMillis(500);
            List<CompletableFuture<byte[]>> sent = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                sent.add(messenger(0).request(id(1), "never", new byte[1 << 20], brief));
            }
            failure(LimitExceededException.class, messenger(0).request(id(1), "never", new byte[1 << 20], brief));
            sent.forEach(request -> failure(IndeterminateException.class, request));
            failure(UnavailableException.class, messenger(0).request(id(1), "nobody", new byte[1], TIMEOUT));
        }
    }
}
