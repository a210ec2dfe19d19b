package dev.coord.recipes.detector;

import dev.coord.net.Datagrams;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Processes that exchange datagrams on virtual time, on the thread of the test. */
final class TestNet {
    static final long MILLI = 1_000_000;

    final Random random;
    double loss;
    LongSupplier delay = () -> MILLI;
    Predicate<Sent> lost = sent -> false;

    /** Everything that was sent, if it is to be remembered. */
    @Nullable
    List<Sent> tape;

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final Map<String, Process> processes = new HashMap<>();
    private long now = 1_000 * MILLI;
    private long numbers;

    TestNet(long seed) {
        random = new Random(seed);
    }

    record Sent(String from, String to, byte[] payload) {}

    private record Task(long at, long number, Process owner, Runnable action) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    long now() {
        return now;
    }

    /** Starts a process at an address, where there may have been one before. */
    Process process(String address) {
        Process process = new Process(address);
        processes.put(address, process);
        return process;
    }

    void advance(Duration time) {
        long end = now + time.toNanos();
        for (Task next = tasks.peek(); next != null && next.at <= end; next = tasks.peek()) {
            tasks.remove();
            now = Math.max(now, next.at);
            next.owner.run(next.action);
        }
        now = end;
    }

    /** Hands a datagram over at once, whoever made it. */
    void inject(String to, byte[] payload) {
        Process there = processes.get(to);
        there.run(() -> there.take("somewhere", payload));
    }

    private void post(long delayNanos, Process owner, Runnable action) {
        tasks.add(new Task(now + Math.max(0, delayNanos), numbers++, owner, action));
    }

    private void transmit(Sent sent) {
        if (tape != null) {
            tape.add(sent);
        }
        Process there = processes.get(sent.to);
        if (there != null && !lost.test(sent) && random.nextDouble() >= loss) {
            post(delay.getAsLong(), there, () -> there.take(sent.from, sent.payload));
        }
    }

    /** A process: its clock, its timers and its socket. It can stand still, and it can die. */
    final class Process implements Datagrams {
        private final String address;
        private final List<Runnable> missed = new ArrayList<>();
        private @Nullable Receiver receiver;
        private boolean dead;
        private boolean closed;
        private long pausedUntil = Long.MIN_VALUE;

        private Process(String address) {
            this.address = address;
        }

        Ticker ticker() {
            return () -> now;
        }

        Scheduler scheduler() {
            return (time, task) -> {
                boolean[] cancelled = new boolean[1];
                post(time.toNanos(), this, () -> {
                    if (!cancelled[0]) {
                        task.run();
                    }
                });
                return () -> cancelled[0] = true;
            };
        }

        void kill() {
            dead = true;
        }

        void pause(Duration time) {
            pausedUntil = now + time.toNanos();
            // Last in its moment: then the clock has moved, and what was missed is done in the order in which it came.
            post(time.toNanos(), this, () -> {});
        }

        private void run(Runnable action) {
            if (dead) {
                return;
            }
            missed.add(action);
            if (now >= pausedUntil) {
                List<Runnable> due = List.copyOf(missed);
                missed.clear();
                due.forEach(Runnable::run);
            }
        }

        private void take(String from, byte[] payload) {
            if (receiver != null && !closed) {
                receiver.receive(from, payload.clone());
            }
        }

        @Override
        public String address() {
            return address;
        }

        @Override
        public int maxPayload() {
            return 1_200;
        }

        @Override
        public void send(String to, byte[] payload) {
            if (to.startsWith("bad")) {
                throw new IllegalArgumentException("'" + to + "' is no address");
            }
            if (!closed && !dead) {
                transmit(new Sent(address, to, payload.clone()));
            }
        }

        @Override
        public void receive(Receiver newReceiver) {
            if (receiver != null) {
                throw new IllegalStateException("there is a receiver already");
            }
            receiver = newReceiver;
        }

        boolean isClosed() {
            return closed;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
