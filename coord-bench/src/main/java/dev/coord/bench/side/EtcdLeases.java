package dev.coord.bench.side;

import dev.coord.bench.Load;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/** How many leases etcd keeps alive in a second of processor time: as jetcd asks it to, and by one stream of messages, which is how etcd's own client does. */
final class EtcdLeases implements AutoCloseable {
    private static final int COUNT = 10_000;
    private static final int IN_FLIGHT = 256;
    private static final long TTL_SECONDS = 3600;

    private final CpuClock clock;
    private final Lease leases;
    private final ManagedChannel channel;
    private final StreamObserver<LeaseKeepAliveRequest> stream;
    private final Queue<CompletableFuture<Void>> asked = new ConcurrentLinkedQueue<>();
    private final long[] ids;

    EtcdLeases(Client client, String endpoint, CpuClock clock) throws Exception {
        this.clock = clock;
        leases = client.getLeaseClient();
        channel = ManagedChannelBuilder.forTarget(endpoint.substring("http://".length()))
                .usePlaintext()
                .build();
        stream = LeaseGrpc.newStub(channel).leaseKeepAlive(new Answers());
        ids = grant();
    }

    private long[] grant() throws Exception {
        Queue<Long> granted = new ConcurrentLinkedQueue<>();
        List<Integer> numbers = IntStream.range(0, COUNT).boxed().toList();
        Pipeline.run(numbers, i -> leases.grant(TTL_SECONDS).thenAccept(lease -> granted.add(lease.getID())));
        return granted.stream().mapToLong(Long::longValue).toArray();
    }

    private long id(long number) {
        return ids[(int) (number % ids.length)];
    }

    Load.Figures keepAliveOnce(Duration window) throws Exception {
        return measure(window, i -> leases.keepAliveOnce(id(i)));
    }

    Load.Figures keepAliveStream(Duration window) throws Exception {
        return measure(window, i -> ask(id(i)));
    }

    private Load.Figures measure(Duration window, LongFunction<CompletableFuture<?>> keepAlive) throws Exception {
        AtomicLong count = new AtomicLong();
        long began = clock.nanos();
        Load.inFlight(IN_FLIGHT, window, i -> {
            count.incrementAndGet();
            return keepAlive.apply(i);
        });
        return Load.Figures.of(count.get() * 1e9 / (clock.nanos() - began));
    }

    private CompletableFuture<?> ask(long id) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        asked.add(answer);
        stream.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
        return answer;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    /** They come in the order of the questions. */
    private final class Answers implements StreamObserver<LeaseKeepAliveResponse> {
        @Override
        public void onNext(LeaseKeepAliveResponse answer) {
            asked.remove().complete(null);
        }

        @Override
        public void onError(Throwable error) {
            asked.forEach(answer -> answer.completeExceptionally(error));
        }

        @Override
        public void onCompleted() {}
    }
}
