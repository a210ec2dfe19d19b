package dev.coord.raft.internal.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Short ways to ask and to wait. */
final class Probe {
    static final Duration LONG = Duration.ofSeconds(20);
    private static final long POLL_NANOS = 2_000_000;

    private Probe() {}

    static CompletableFuture<byte[]> ask(Transport from, String to, String text) {
        return from.request(to, MessageKind.PROPOSE, bytes(text), LONG);
    }

    static CompletableFuture<byte[]> ask(Transport from, String to, String text, Duration timeout) {
        return from.request(to, MessageKind.PROPOSE, bytes(text), timeout);
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static String answer(CompletableFuture<byte[]> future) throws Exception {
        return new String(future.get(LONG.toSeconds(), TimeUnit.SECONDS), UTF_8);
    }

    /** The failure of the request, which must be the transport's. */
    static TransportException failure(CompletableFuture<byte[]> future) throws InterruptedException, TimeoutException {
        try {
            byte[] result = future.get(LONG.toSeconds(), TimeUnit.SECONDS);
            throw new AssertionError("answered with " + result.length + " bytes");
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(TransportException.class);
            return (TransportException) e.getCause();
        }
    }

    static void await(String what, BooleanSupplier condition) {
        long polls = LONG.toNanos() / POLL_NANOS;
        for (long i = 0; i < polls && !condition.getAsBoolean(); i++) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }

    /** Asks until there is an answer: a peer that comes back is not reachable at once. */
    static String askUntilAnswered(Transport from, String to, String text) throws Exception {
        String[] answer = new String[1];
        await(to + " answers", () -> {
            try {
                answer[0] = answer(ask(from, to, text, Duration.ofSeconds(2)));
                return true;
            } catch (ExecutionException e) {
                return false;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        return answer[0];
    }

    /** Whether a transport's thread lives; other threads of a peer are none of our business. */
    static boolean hasThread(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .anyMatch(name -> name.startsWith(prefix) && (name.contains("-net-") || name.endsWith("-mem")));
    }
}
