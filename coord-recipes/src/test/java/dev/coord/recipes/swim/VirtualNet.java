package dev.coord.recipes.swim;

import dev.coord.net.Datagrams;
import dev.coord.net.Messenger;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Time, datagrams and requests for memberships in one thread. A datagram takes a millisecond. */
final class VirtualNet implements Ticker, Scheduler {
    private static final Duration DELAY = Duration.ofMillis(1);

    private record Task(long at, long number, Runnable run, boolean[] cancelled) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final Map<String, Port> ports = new HashMap<>();
    private final Map<String, Peer> peers = new HashMap<>();
    private long now = Long.MAX_VALUE - 1_000_000_000L;
    private long number;

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        boolean[] cancelled = {false};
        tasks.add(new Task(elapsed + Math.max(0, delay.toNanos()), number++, task, cancelled));
        return () -> cancelled[0] = true;
    }

    /** What has passed; the reading of the clock overflows, as that of the system may. */
    private long elapsed;

    @Override
    public void await(CompletableFuture<?> future) {
        while (!future.isDone()) {
            step();
        }
    }

    void run(Duration time) {
        long end = elapsed + time.toNanos();
        while (!tasks.isEmpty() && tasks.peek().at() <= end) {
            step();
        }
        advance(end);
    }

    private void step() {
        Task task = tasks.remove();
        advance(task.at());
        if (!task.cancelled()[0]) {
            task.run().run();
        }
    }

    private void advance(long to) {
        now += to - elapsed;
        elapsed = to;
    }

    int pending() {
        return (int) tasks.stream().filter(task -> !task.cancelled()[0]).count();
    }

    /** A place that datagrams go to. */
    final class Port implements Datagrams {
        private final String address;
        int maxPayload = 1_200;
        int longest;
        int tooLong;
        byte @Nullable [] last;
        boolean closed;
        private @Nullable Receiver receiver;

        private Port(String address) {
            this.address = address;
        }

        @Override
        public String address() {
            return address;
        }

        @Override
        public int maxPayload() {
            return maxPayload;
        }

        @Override
        public void send(String to, byte[] payload) {
            if (to.isBlank()) {
                throw new IllegalArgumentException("no address");
            }
            if (payload.length > maxPayload) {
                tooLong++;
                throw new IllegalArgumentException("too long");
            }
            longest = Math.max(longest, payload.length);
            last = payload;
            if (!closed) {
                schedule(DELAY, () -> deliver(address, to, payload));
            }
        }

        @Override
        public void receive(Receiver by) {
            if (receiver != null) {
                throw new IllegalStateException("received already");
            }
            receiver = by;
        }

        @Override
        public void close() {
            closed = true;
            ports.remove(address, this);
        }
    }

    Port port(String address) {
        Port port = new Port(address);
        ports.put(address, port);
        return port;
    }

    /** Hands a datagram over at once. */
    void deliver(String from, String to, byte[] payload) {
        Port port = ports.get(to);
        if (port != null && port.receiver != null) {
            port.receiver.receive(from, payload);
        }
    }

    /** A peer of a cluster. */
    final class Peer implements Messenger {
        private final String id;
        private final Map<String, Handler> services = new HashMap<>();
        int requests;

        private Peer(String id) {
            this.id = id;
        }

        @Override
        public String self() {
            return id;
        }

        @Override
        public Set<String> others() {
            Set<String> others = new HashSet<>(peers.keySet());
            others.remove(id);
            return others;
        }

        @Override
        public CompletableFuture<byte[]> request(String peer, String service, byte[] payload, Duration timeout) {
            requests++;
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            schedule(DELAY, () -> {
                Handler handler = peers.get(peer).services.get(service);
                if (handler == null) {
                    answer.completeExceptionally(new IllegalStateException("no service"));
                } else {
                    CompletableFuture<byte[]> handled = handler.handle(id, payload);
                    handled.whenComplete((bytes, failure) -> answer.complete(bytes));
                }
            });
            return answer;
        }

        @Override
        public Service serve(String service, Handler handler) {
            services.put(service, handler);
            return () -> services.remove(service);
        }

        boolean serves() {
            return !services.isEmpty();
        }
    }

    Peer peer(String id) {
        return peers.computeIfAbsent(id, Peer::new);
    }
}
