package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;

import dev.coord.net.Messenger;
import dev.coord.raft.internal.codec.CodecException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The services of this peer that others send requests to. Requests of a sender to a service are handed over one after
 * another; a network that repeats one, or brings it after a later one, does so in vain.
 */
final class MessageServices {
    /** Of one sender, for one service, that wait for the handler. */
    static final int MAX_WAITING = 1_000;

    /** Of one sender, for all services together. */
    static final long MAX_WAITING_BYTES = 16 << 20;

    /** Lives of senders whose numbers are remembered: a peer that restarts begins another. */
    private static final int MAX_LIVES = 1_000;

    private static final byte[] NO_SERVICE = PeerMessage.refused("there is no such service");

    private final Executor callbacks;
    private final Mailbox arrivals;
    private final Map<String, Registered> services = new ConcurrentHashMap<>();

    /** Outlive a service: what waits for one of the same name comes before what is sent to the next. */
    private final Map<Turn, Waiters> waiting = new ConcurrentHashMap<>();

    private final Map<String, AtomicLong> waitingBytes = new ConcurrentHashMap<>();

    /** How far each life of a sender has come; belongs to the mailbox. */
    private final Map<Life, Long> handled = new LinkedHashMap<>();

    MessageServices(Executor work, Executor callbacks) {
        this.callbacks = callbacks;
        arrivals = new Mailbox(work);
    }

    private record Life(String sender, long process) {}

    /** Whose requests to which service are handled one after another. */
    private record Turn(String sender, String service) {}

    /** A registered service. */
    private final class Registered implements Messenger.Service {
        private final String name;
        private final Messenger.Handler handler;

        Registered(String name, Messenger.Handler handler) {
            this.name = name;
            this.handler = handler;
        }

        @Override
        public void close() {
            services.remove(name, this);
        }
    }

    private record Waiters(Mailbox turns, AtomicInteger count) {}

    Messenger.Service serve(String name, Messenger.Handler handler) {
        Registered service = new Registered(name, requireNonNull(handler));
        if (services.putIfAbsent(name, service) != null) {
            throw new IllegalStateException("a service " + name + " is registered already: close it first");
        }
        return service;
    }

    /** Takes what came over the network. Requests of a sender are passed in the order in which they came. */
    CompletableFuture<byte[]> receive(String sender, byte[] bytes) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        PeerMessage message;
        try {
            message = PeerMessage.decode(bytes);
        } catch (CodecException e) {
            return CompletableFuture.completedFuture(PeerMessage.refused("cannot be read: " + e.getMessage()));
        }
        if (message.payload.length > PeerMessenger.MAX_BYTES) {
            return CompletableFuture.completedFuture(
                    PeerMessage.refused("it has more than " + PeerMessenger.MAX_BYTES + " bytes"));
        }
        arrivals.post(() -> {
            if (isNext(new Life(sender, message.process), message.number)) {
                handOver(sender, message.service, message.payload, answer);
            }
            // Else no answer: were it a second copy, the answer would pass for that of the first.
        });
        return answer;
    }

    private boolean isNext(Life life, long number) {
        Long last = handled.remove(life);
        boolean next = last == null || number > last;
        handled.put(life, next ? number : requireNonNull(last));
        if (handled.size() > MAX_LIVES) {
            handled.remove(handled.keySet().iterator().next());
        }
        return next;
    }

    /** Has a service answer, in the sender's turn. */
    void handOver(String sender, String name, byte[] payload, CompletableFuture<byte[]> answer) {
        if (!services.containsKey(name)) {
            answer.complete(NO_SERVICE);
            return;
        }
        Waiters waiters = waiting.computeIfAbsent(
                new Turn(sender, name), key -> new Waiters(new Mailbox(callbacks), new AtomicInteger()));
        AtomicLong bytes = waitingBytes.computeIfAbsent(sender, key -> new AtomicLong());
        boolean room = waiters.count().incrementAndGet() <= MAX_WAITING;
        if (bytes.addAndGet(payload.length) > MAX_WAITING_BYTES || !room) {
            waiters.count().decrementAndGet();
            bytes.addAndGet(-payload.length);
            answer.complete(PeerMessage.refused("too many requests of " + sender + " wait already"));
            return;
        }
        waiters.turns().post(() -> {
            waiters.count().decrementAndGet();
            bytes.addAndGet(-payload.length);
            // Whoever is registered now: the one that was there when it came may be closed.
            Registered service = services.get(name);
            if (service == null) {
                answer.complete(NO_SERVICE);
            } else {
                handle(service.handler, sender, payload, answer);
            }
        });
    }

    private static void handle(
            Messenger.Handler handler, String sender, byte[] payload, CompletableFuture<byte[]> answer) {
        CompletableFuture<byte[]> handling;
        try {
            handling = requireNonNull(handler.handle(sender, payload), "the handler returned null");
        } catch (RuntimeException | Error e) {
            handling = CompletableFuture.failedFuture(e);
        }
        handling.whenComplete((result, error) -> answer.complete(encode(result, error)));
    }

    private static byte[] encode(byte @Nullable [] result, @Nullable Throwable error) {
        if (error != null) {
            Throwable cause = Waiting.unwrap(error);
            return PeerMessage.failed(cause.getMessage() == null ? cause.toString() : cause.getMessage());
        }
        if (result == null) {
            return PeerMessage.failed("the handler answered null");
        }
        return result.length > PeerMessenger.MAX_BYTES
                ? PeerMessage.failed("its answer has " + result.length + " bytes, more than " + PeerMessenger.MAX_BYTES)
                : PeerMessage.done(result);
    }
}
