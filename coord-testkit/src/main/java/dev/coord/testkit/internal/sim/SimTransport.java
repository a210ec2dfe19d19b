package dev.coord.testkit.internal.sim;

import dev.coord.raft.internal.transport.MemoryTransport;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.internal.transport.Transport;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A peer's way to the others: as that in memory, but while its process is paused nothing leaves it. */
final class SimTransport implements Transport {
    private final MemoryTransport transport;
    private final Machine machine;
    private final SimTrace trace;

    SimTransport(MemoryTransport transport, Machine machine, SimTrace trace) {
        this.transport = transport;
        this.machine = machine;
        this.trace = trace;
    }

    @Override
    public void start(RequestHandler requests, ConnectionListener connections) throws BindException {
        transport.start(requests, connections);
    }

    @Override
    public CompletableFuture<byte[]> request(String peer, MessageKind kind, byte[] payload, Duration timeout) {
        if (machine.isPaused()) {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            machine.network()
                    .execute(() -> send(peer, kind, payload, timeout).whenComplete((bytes, error) -> {
                        if (error == null) {
                            answer.complete(bytes);
                        } else {
                            answer.completeExceptionally(error);
                        }
                    }));
            return answer;
        }
        return send(peer, kind, payload, timeout);
    }

    private CompletableFuture<byte[]> send(String peer, MessageKind kind, byte[] payload, Duration timeout) {
        trace.bytes(machine.id(), kind.name(), payload);
        CompletableFuture<byte[]> answer = transport.request(peer, kind, payload, timeout);
        answer.whenComplete((bytes, error) -> {
            if (error == null) {
                trace.bytes(machine.id(), "answer", bytes);
            } else {
                trace.note(machine.id(), "no answer", 0, 0);
            }
        });
        return answer;
    }

    @Override
    public void close() {
        transport.close();
    }
}
