package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.internal.transport.Transport;
import dev.coord.raft.internal.transport.TransportException;
import dev.coord.raft.testing.Eventually;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Peers of one JVM; each direction between two has a thread, which keeps the order. */
final class TestNetwork implements AutoCloseable {
    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final Set<String> cut = ConcurrentHashMap.newKeySet();
    private final Map<String, ExecutorService> wires = new ConcurrentHashMap<>();
    final Map<MessageKind, AtomicLong> sent = new ConcurrentHashMap<>();

    Endpoint endpoint(String id) {
        return new Endpoint(id);
    }

    /** Requests to and from a peer are lost from now on: its senders hear nothing. */
    void isolate(String id) {
        cut.add(id);
    }

    void heal(String id) {
        cut.remove(id);
    }

    private ExecutorService wire(String from, String to) {
        return wires.computeIfAbsent(
                from + ">" + to,
                name -> Executors.newSingleThreadExecutor(task -> {
                    Thread thread = new Thread(task, "net-" + name);
                    thread.setDaemon(true);
                    return thread;
                }));
    }

    @Override
    public void close() {
        wires.values().forEach(ExecutorService::shutdownNow);
        Eventually.until("the wires to end", () -> wires.values().stream().allMatch(ExecutorService::isTerminated));
    }

    final class Endpoint implements Transport {
        private final String id;
        private volatile RequestHandler handler = (from, kind, payload) -> failed("not started");

        private Endpoint(String id) {
            this.id = id;
        }

        @Override
        public void start(RequestHandler requestHandler, ConnectionListener listener) {
            handler = requestHandler;
            endpoints.put(id, this);
        }

        @Override
        public CompletableFuture<byte[]> request(String peer, MessageKind kind, byte[] payload, Duration timeout) {
            sent.computeIfAbsent(kind, k -> new AtomicLong()).incrementAndGet();
            CompletableFuture<byte[]> reply = new CompletableFuture<>();
            reply.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
            try {
                wire(id, peer).execute(() -> deliver(peer, kind, payload, reply));
            } catch (RejectedExecutionException e) {
                return failed("the network is down");
            }
            return reply;
        }

        private void deliver(String peer, MessageKind kind, byte[] payload, CompletableFuture<byte[]> reply) {
            Endpoint target = endpoints.get(peer);
            if (endpoints.get(id) != this || target == null) {
                reply.completeExceptionally(new TransportException(peer + " cannot be reached"));
            } else if (!cut.contains(id) && !cut.contains(peer)) {
                var unused = target.handler.handle(id, kind, payload).whenComplete((bytes, error) -> {
                    if (error == null) {
                        reply.complete(bytes);
                    } else {
                        reply.completeExceptionally(new TransportException(String.valueOf(error.getMessage())));
                    }
                });
            }
        }

        @Override
        public void close() {
            endpoints.remove(id, this);
        }
    }

    private static CompletableFuture<byte[]> failed(String why) {
        return CompletableFuture.failedFuture(new TransportException(why));
    }
}
