package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;

import dev.coord.ClosedException;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.IndeterminateException;
import dev.coord.LimitExceededException;
import dev.coord.UnavailableException;
import dev.coord.net.Messenger;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.internal.transport.TransportException;
import dev.coord.time.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Sends users' requests to other peers, each with a number, so that none is handled twice. */
final class PeerMessenger implements Messenger {
    static final int MAX_BYTES = 1 << 20;

    /** Waiting for the answers of one peer; the connection is Raft's too. */
    static final long MAX_PENDING_BYTES = 8 << 20;

    /** What a request takes besides its payload, about. */
    private static final int OVERHEAD_BYTES = 256;

    private static final int MAX_NAME = 64;

    /** Longer is as long as for ever. */
    private static final Duration MAX_TIMEOUT = Duration.ofDays(365);

    private final PeerContext context;
    private final Set<String> firstMembers;

    /** As they were when this peer last knew; while it runs no Raft it does not. */
    private volatile Set<String> lastMembers;

    private volatile Set<String> lastOthers;
    private final MessageServices services;

    /** Tells this life of the peer from others. */
    private final long process;

    /** Numbers requests and sends them in that order. */
    private final Mailbox outbox;

    private final Map<String, Long> sent = new HashMap<>();
    private final Map<String, AtomicLong> pendingBytes = new ConcurrentHashMap<>();

    /** Requests to itself, which no transport ends. */
    private final OpenAnswers own;

    PeerMessenger(PeerContext context, Set<String> members) {
        this.context = context;
        firstMembers = Set.copyOf(members);
        Set<String> rest = new HashSet<>(members);
        rest.remove(context.self());
        lastMembers = firstMembers;
        lastOthers = Set.copyOf(rest);
        process = context.ticker().nanos();
        outbox = new Mailbox(context.work());
        own = new OpenAnswers(
                context, () -> new ClosedException(Outcome.UNKNOWN, context.ending() + " before the answer came"));
        services = new MessageServices(context.work(), context.callbacks());
    }

    @Override
    public String self() {
        return context.self();
    }

    @Override
    public Set<String> others() {
        Set<String> voters = context.status().voters();
        if (!voters.isEmpty() && !voters.equals(lastMembers)) {
            Set<String> others = new HashSet<>(voters);
            others.remove(self());
            lastOthers = Set.copyOf(others);
            lastMembers = voters;
        }
        return lastOthers;
    }

    @Override
    public Service serve(String service, Handler handler) {
        checkName(service);
        return services.serve(service, requireNonNull(handler, "handler"));
    }

    CompletableFuture<byte[]> receive(String sender, byte[] bytes) {
        if (context.isClosed()) {
            return CompletableFuture.failedFuture(new IllegalStateException(context.ending()));
        }
        return services.receive(sender, bytes);
    }

    @Override
    public CompletableFuture<byte[]> request(String peer, String service, byte[] payload, Duration timeout) {
        requireNonNull(peer, "peer");
        requireNonNull(payload, "payload");
        checkName(service);
        if (requireNonNull(timeout, "timeout").isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("a timeout of " + timeout + ": it must be greater than zero");
        }
        if (!isKnown(peer)) {
            throw new IllegalArgumentException("no member " + peer + "; there are " + self() + " and " + others());
        }
        if (payload.length > MAX_BYTES) {
            return CompletableFuture.failedFuture(new LimitExceededException(
                    "a request of " + payload.length + " bytes; at most " + MAX_BYTES + " can be sent: split it"));
        }
        if (context.isClosed()) {
            return CompletableFuture.failedFuture(new ClosedException(Outcome.NOT_APPLIED, context.ending()));
        }
        Duration bounded = timeout.compareTo(MAX_TIMEOUT) < 0 ? timeout : MAX_TIMEOUT;
        CompletableFuture<byte[]> answer =
                peer.equals(self()) ? toSelf(service, payload, bounded) : toOther(peer, service, payload, bounded);
        return Waiting.handOver(answer, context.callbacks(), bytes -> bytes);
    }

    /** One that was removed may be asked still: whoever does has not heard of it yet. */
    private boolean isKnown(String peer) {
        return firstMembers.contains(peer)
                || others().contains(peer)
                || context.transport().address(peer).isPresent();
    }

    private CompletableFuture<byte[]> toSelf(String service, byte[] payload, Duration timeout) {
        CompletableFuture<byte[]> handled = new CompletableFuture<>();
        CompletableFuture<byte[]> answer = handled.thenApply(bytes -> PeerMessage.answer(self(), service, bytes));
        Scheduler.Timer timer = context.scheduler()
                .schedule(
                        timeout,
                        () -> context.work().execute(() -> answer.completeExceptionally(noAnswer(self(), timeout))));
        own.add(answer);
        answer.whenComplete((bytes, error) -> timer.cancel());
        services.handOver(self(), service, payload, handled);
        return answer;
    }

    private static IndeterminateException noAnswer(String peer, Duration timeout) {
        return new IndeterminateException(peer + " did not answer within " + timeout.toMillis() + " ms");
    }

    private CompletableFuture<byte[]> toOther(String peer, String service, byte[] payload, Duration timeout) {
        AtomicLong pending = pendingBytes.computeIfAbsent(peer, key -> new AtomicLong());
        long cost = (long) payload.length + OVERHEAD_BYTES;
        if (pending.addAndGet(cost) > MAX_PENDING_BYTES) {
            pending.addAndGet(-cost);
            return CompletableFuture.failedFuture(new LimitExceededException("more than " + MAX_PENDING_BYTES
                    + " bytes wait for answers of " + peer + ": send more when there are some"));
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        outbox.run(() -> send(peer, service, payload, timeout, answer));
        return answer.whenComplete((bytes, error) -> pending.addAndGet(-cost));
    }

    private void send(String peer, String service, byte[] payload, Duration timeout, CompletableFuture<byte[]> answer) {
        long number = sent.merge(peer, 1L, Long::sum);
        byte[] bytes = new PeerMessage(process, number, service, payload).encode();
        context.transport().request(peer, MessageKind.USER, bytes, timeout).whenComplete((answered, error) -> {
            if (error != null) {
                answer.completeExceptionally(failure(Waiting.unwrap(error)));
                return;
            }
            try {
                answer.complete(PeerMessage.answer(peer, service, answered));
            } catch (CoordException e) {
                answer.completeExceptionally(e);
            }
        });
    }

    private CoordException failure(Throwable error) {
        boolean sentIt = !(error instanceof TransportException failed) || failed.wasSent();
        String message = String.valueOf(error.getMessage());
        if (context.isClosed()) {
            return new ClosedException(sentIt ? Outcome.UNKNOWN : Outcome.NOT_APPLIED, message);
        }
        return sentIt ? new IndeterminateException(message) : new UnavailableException(message, error);
    }

    private static void checkName(String service) {
        if (requireNonNull(service, "service").isEmpty() || service.length() > MAX_NAME) {
            throw new IllegalArgumentException("a service's name of " + service.length()
                    + " characters; it must have 1 to " + MAX_NAME + ": " + service);
        }
    }

    /** What is on its way to others fails with the transport, which is closed next. */
    void close() {
        own.close();
    }
}
