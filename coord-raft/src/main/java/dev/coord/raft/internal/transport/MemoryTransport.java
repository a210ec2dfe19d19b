package dev.coord.raft.internal.transport;

import dev.coord.time.Scheduler;
import java.net.BindException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One peer's place in a {@link MemoryNetwork}. Requests, responses and failures are handled on the peer's executor. */
public final class MemoryTransport implements Transport {
    private final MemoryNetwork network;
    private final Scheduler scheduler;
    private final String id;
    private final @Nullable SerialThread ownThread;
    private final Executor executor;
    private final Map<Long, Call> calls = new ConcurrentHashMap<>();
    private final AtomicLong nextCall = new AtomicLong();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Peers are found by their ids; addresses are only told to whoever asks. */
    private final AddressBook book = new AddressBook(Map.of(), all -> {});

    private volatile RequestHandler handler = (from, kind, payload) -> failed("not started");
    private volatile ConnectionListener listener = peer -> {};

    private record Call(String peer, CompletableFuture<byte[]> answer) {}

    MemoryTransport(MemoryNetwork network, Scheduler scheduler, String id, @Nullable Executor executor) {
        this.network = network;
        this.scheduler = scheduler;
        this.id = id;
        if (executor == null) {
            this.ownThread = new SerialThread("coord-" + id + "-mem");
            this.executor = ownThread;
        } else {
            this.ownThread = null;
            this.executor = executor;
        }
    }

    /** The peer's id. */
    public String id() {
        return id;
    }

    @Override
    public void start(RequestHandler requests, ConnectionListener connections) throws BindException {
        if (closed.get() || !begun.compareAndSet(false, true)) {
            throw new IllegalStateException("the transport of " + id + " was started or closed before");
        }
        handler = requests;
        listener = connections;
        network.register(this);
    }

    @Override
    public CompletableFuture<byte[]> request(String peer, MessageKind kind, byte[] payload, Duration timeout) {
        if (peer.equals(id)) {
            throw new IllegalArgumentException(id + " sends a request to itself");
        }
        if (closed.get()) {
            return failed("the transport of " + id + " is closed");
        }
        MemoryTransport target = network.find(peer);
        boolean connectable = network.canConnect(id, peer);
        if (target == null && connectable) {
            return failed(peer + " refused the connection");
        }
        long call = nextCall.incrementAndGet();
        CompletableFuture<byte[]> answer = open(call, peer, timeout);
        if (target != null) {
            if (connectable) {
                network.connected(id, peer);
            }
            byte[] copy = payload.clone();
            network.send(id, peer, kind, false, () -> target.receive(this, call, kind, copy));
        }
        return answer;
    }

    @Override
    public void learn(String peer, PeerAddress address) {
        book.learn(peer, address);
    }

    @Override
    public Optional<PeerAddress> address(String peer) {
        return book.of(peer);
    }

    private CompletableFuture<byte[]> open(long call, String peer, Duration timeout) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        calls.put(call, new Call(peer, answer));
        Scheduler.Timer timer = scheduler.schedule(
                timeout, () -> run(() -> fail(call, peer + " did not answer within " + timeout.toMillis() + " ms")));
        var unused = answer.whenComplete((result, error) -> {
            calls.remove(call);
            timer.cancel();
        });
        if (closed.get()) {
            fail(call, "the transport of " + id + " is closed");
        }
        return answer;
    }

    private void receive(MemoryTransport sender, long call, MessageKind kind, byte[] payload) {
        run(() -> {
            var unused = handle(sender.id, kind, payload.clone())
                    .whenComplete((result, error) -> respond(sender, call, kind, result, error));
        });
    }

    private void respond(
            MemoryTransport asker, long call, MessageKind kind, byte @Nullable [] result, @Nullable Throwable error) {
        if (!closed.get()) {
            network.send(id, asker.id, kind, true, () -> asker.answer(call, result, error));
        }
    }

    private CompletableFuture<byte[]> handle(String from, MessageKind kind, byte[] payload) {
        try {
            return handler.handle(from, kind, payload);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void answer(long call, byte @Nullable [] result, @Nullable Throwable error) {
        run(() -> {
            Call open = calls.remove(call);
            if (open == null) {
                return;
            }
            if (result != null) {
                open.answer().complete(result);
            } else {
                open.answer().completeExceptionally(RemoteFailure.of(open.peer(), error));
            }
        });
    }

    private void fail(long call, String message) {
        Call open = calls.remove(call);
        if (open != null) {
            open.answer().completeExceptionally(new TransportException(message));
        }
    }

    /** A partner went away while connected to us. */
    void lost(String peer) {
        run(() -> {
            failAll(peer, "the connection to " + peer + " was lost");
            listener.peerGone(peer);
        });
    }

    private void failAll(@Nullable String peer, String message) {
        calls.forEach((call, open) -> {
            if (peer == null || open.peer().equals(peer)) {
                fail(call, message);
            }
        });
    }

    private void run(Runnable task) {
        if (closed.get()) {
            return;
        }
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            // Closed meanwhile: what arrives now finds nobody, as on a real network.
        }
    }

    private static CompletableFuture<byte[]> failed(String message) {
        return CompletableFuture.failedFuture(new TransportException(message, false));
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        network.unregister(this);
        failAll(null, "the transport of " + id + " was closed");
        if (ownThread != null) {
            ownThread.close();
        }
    }
}
