package dev.coord.raft.internal.transport;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests to one peer and the connection that carries them.
 *
 * <p>Callers put requests into the inbox and wake the event loop once; it takes all that have gathered and flushes once,
 * so requests keep their order and a burst costs one system call. All else is touched by the event loop only.
 *
 * <p>Nobody connects without a cause: a request does, or the loss of an established connection (is the peer gone?).
 * While an attempt runs requests wait for it; for a short backoff after it failed they fail at once.
 */
final class PeerLink {
    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);
    /** A dying process may accept a connection that it resets at once: that is no answer yet. */
    private static final int PROBES = 3;

    /** Raft goes first: what users send must not fill the connection, nor delay heartbeats for long. */
    private static final long MAX_QUEUED_BEFORE_USER = 8 << 20;

    private enum State {
        IDLE,
        CONNECTING,
        CONNECTED,
        BACKOFF,
        CLOSED
    }

    private final NetContext net;
    private final String peer;
    private final EventLoop loop;
    private final Queue<PendingRequest> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicLong pendingBytes = new AtomicLong();

    private final Map<Long, PendingRequest> pending = new LinkedHashMap<>();
    private final WarnOnce warnings = new WarnOnce();
    private State state = State.IDLE;
    private @Nullable ClientHandler current;
    private long nextId;
    private int probes;
    private boolean reportedGone;
    private Duration backoff;
    private String lastFailure = "";

    PeerLink(NetContext net, String peer, EventLoop loop) {
        this.net = net;
        this.peer = peer;
        this.loop = loop;
        this.backoff = net.config.minBackoff();
    }

    String peer() {
        return peer;
    }

    /** Any thread. */
    CompletableFuture<byte[]> request(MessageKind kind, byte[] payload, Duration timeout) {
        PendingRequest request = new PendingRequest(kind, payload, timeout);
        if (pendingBytes.addAndGet(request.cost) > net.config.maxPendingBytes()) {
            pendingBytes.addAndGet(-request.cost);
            return CompletableFuture.failedFuture(new TransportException(
                    "more than " + net.config.maxPendingBytes() + " bytes wait for " + peer, false));
        }
        inbox.add(request);
        if (draining.compareAndSet(false, true) && !execute(this::drain)) {
            sweep(net.closedReason());
        }
        return request.answer;
    }

    /** Any thread: a connection from the peer was lost; finds out whether it still takes connections. */
    void probe() {
        execute(() -> {
            if (state == State.IDLE) {
                probes = PROBES;
                connect();
            } else if (state == State.CONNECTING || (state == State.BACKOFF && !reportedGone)) {
                probes = PROBES;
            }
        });
    }

    /** Any thread: drops the connection; the next request makes another. */
    void reset(String reason) {
        execute(() -> {
            if (state != State.CLOSED) {
                drop(reason);
                state = State.IDLE;
            }
        });
    }

    /** Any thread. */
    void close(String reason) {
        execute(() -> end(reason));
    }

    private void end(String reason) {
        lastFailure = reason;
        state = State.CLOSED;
        drop(reason);
    }

    /** Fails what the event loop can no longer take, when it has ended. */
    void sweep(String reason) {
        draining.set(false);
        for (PendingRequest request = inbox.poll(); request != null; request = inbox.poll()) {
            fail(request, reason);
        }
    }

    private boolean execute(Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void drop(String reason) {
        ClientHandler dropped = current;
        current = null;
        probes = 0;
        if (dropped != null) {
            dropped.close();
        }
        failAll(reason);
    }

    private void drain() {
        draining.set(false);
        for (PendingRequest request = inbox.poll(); request != null; request = inbox.poll()) {
            accept(request);
        }
        if (state == State.CONNECTED && current != null) {
            current.flush();
        }
    }

    private void accept(PendingRequest request) {
        if (state == State.CLOSED || state == State.BACKOFF) {
            fail(request, lastFailure);
            return;
        }
        request.id = ++nextId;
        pending.put(request.id, request);
        request.timer = loop.schedule(() -> timeout(request), request.timeoutNanos, TimeUnit.NANOSECONDS);
        if (state == State.CONNECTED) {
            write(request);
        } else if (state == State.IDLE) {
            connect();
        }
    }

    private void write(PendingRequest request) {
        byte[] payload = request.payload;
        if (payload == null || current == null) {
            return;
        }
        if (request.kind == MessageKind.USER && current.queuedBytes() > MAX_QUEUED_BEFORE_USER) {
            fail(request, "more than " + MAX_QUEUED_BEFORE_USER + " bytes wait to be sent to " + peer);
        } else if (current.write(new Frame(Frame.REQUEST, request.kind.code(), request.id, payload))) {
            request.payload = null;
        } else {
            fail(request, "too many bytes wait to be sent to " + peer);
        }
    }

    private void connect() {
        PeerAddress address = net.address(peer);
        if (address == null) {
            failAll(peer + " is no longer a peer");
            return;
        }
        state = State.CONNECTING;
        ClientHandler attempt = new ClientHandler(net, this, address);
        current = attempt;
        net.resolve(address, loop, found -> open(attempt, found));
    }

    private void open(ClientHandler attempt, InetSocketAddress address) {
        if (attempt == current) {
            attempt.connect(loop, address);
        }
    }

    /** The other side has welcomed us. */
    void established(ClientHandler attempt) {
        if (attempt != current) {
            attempt.close();
            return;
        }
        LOG.debug("connected to {}", peer);
        state = State.CONNECTED;
        probes = 0;
        backoff = net.config.minBackoff();
        warnings.forget();
        new ArrayList<>(pending.values()).forEach(this::write);
        attempt.flush();
    }

    void answered(Frame response) {
        PendingRequest request = pending.get(response.id());
        if (request == null) {
            return;
        }
        if (response.code() == Frame.OK) {
            finish(request);
            request.answer.complete(response.body());
        } else {
            fail(request, peer + " answered: " + response.text());
        }
    }

    /** The attempt failed or its connection ended; told once, later calls do nothing. */
    void ended(ClientHandler attempt, Ending ending) {
        if (attempt != current) {
            return;
        }
        current = null;
        if (net.closed) {
            end(net.closedReason());
            return;
        }
        if (ending.warn()) {
            warnings.warn(ending.reason());
        } else {
            LOG.debug("{}", ending.reason());
        }
        if (state == State.CONNECTED) {
            lost(ending);
        } else {
            attemptFailed(ending);
        }
    }

    private void lost(Ending ending) {
        state = State.IDLE;
        if (ending.byRemote()) {
            probes = PROBES;
            connect();
        }
        failAll("the connection to " + peer + " was lost: " + ending.reason());
    }

    private void attemptFailed(Ending ending) {
        state = State.BACKOFF;
        lastFailure = ending.reason();
        reportedGone = probes > 0 && ending.refused();
        probes = ending.refused() || ending.warn() ? 0 : Math.max(0, probes - 1);
        Net.later(loop, backoff, this::leaveBackoff);
        Duration doubled = backoff.multipliedBy(2);
        Duration max = net.config.maxBackoff();
        backoff = doubled.compareTo(max) < 0 ? doubled : max;
        failAll(ending.reason());
        if (reportedGone) {
            net.peerGone(peer);
        }
    }

    private void leaveBackoff() {
        if (state == State.BACKOFF) {
            state = State.IDLE;
            if (probes > 0) {
                connect();
            }
        }
    }

    private void timeout(PendingRequest request) {
        fail(request, peer + " did not answer within " + TimeUnit.NANOSECONDS.toMillis(request.timeoutNanos) + " ms");
    }

    private void failAll(String reason) {
        List<PendingRequest> all = new ArrayList<>(pending.values());
        all.forEach(request -> fail(request, reason));
    }

    private void fail(PendingRequest request, String reason) {
        finish(request);
        request.answer.completeExceptionally(new TransportException(reason, request.wasSent()));
    }

    private void finish(PendingRequest request) {
        if (request.finished) {
            return;
        }
        request.finished = true;
        // Without an id it never came as far as the event loop, which alone may touch the map.
        if (request.id != 0) {
            pending.remove(request.id, request);
        }
        pendingBytes.addAndGet(-request.cost);
        if (request.timer != null) {
            request.timer.cancel(false);
        }
    }
}
