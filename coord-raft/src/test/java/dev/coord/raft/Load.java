package dev.coord.raft;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.kv.Entry;
import dev.coord.kv.Kv;
import dev.coord.kv.Value;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Writes at every peer of a cluster, and remembers what was acknowledged and what is unknown: keys written once, one key
 * per writer written again and again (its version counts the applications), and a counter raised by compare-and-set.
 */
final class Load {
    static final String COUNTER = "/kill/counter";
    private static final int IN_FLIGHT = 8;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    final Set<String> refused = ConcurrentHashMap.newKeySet();
    final Set<String> unknown = ConcurrentHashMap.newKeySet();
    final Set<Integer> counted = ConcurrentHashMap.newKeySet();
    final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    final AtomicInteger unknownCounts = new AtomicInteger();
    final List<Writer> writers = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** The load of one life of one peer. */
    final class Writer {
        final String name;
        final String sequenceKey;
        final AtomicInteger sequenceAcknowledged = new AtomicInteger();
        final AtomicInteger sequenceUnknown = new AtomicInteger();
        final ConcurrentLinkedQueue<Ack> acks = new ConcurrentLinkedQueue<>();
        private final Coord coord;
        private final List<Thread> threads;
        private volatile boolean killed;

        private Writer(String name, Coord coord) {
            this.name = name;
            this.coord = coord;
            sequenceKey = "/kill/sequence/" + name;
            threads = List.of(new Thread(this::writeKeys, "load-" + name), new Thread(this::count, "count-" + name));
            threads.forEach(Thread::start);
        }

        private void writeKeys() {
            Semaphore window = new Semaphore(IN_FLIGHT);
            Kv kv = coord.kv().withTimeout(TIMEOUT);
            try {
                for (int i = 0; !stopped.get() && !killed; i++) {
                    window.acquire();
                    String key = i % 2 == 0 ? "/kill/unique/" + name + "-" + i : sequenceKey;
                    long issuedAt = Ticker.system().nanos();
                    kv.putAsync(key, Value.of(name + "-" + i)).whenComplete((revision, error) -> {
                        written(key, issuedAt, error);
                        window.release();
                    });
                }
                window.acquire(IN_FLIGHT);
            } catch (InterruptedException e) {
                problems.add("interrupted");
            }
        }

        private void written(String key, long issuedAt, @Nullable Throwable failure) {
            Throwable error = failure instanceof CompletionException ? failure.getCause() : failure;
            boolean once = !key.equals(sequenceKey);
            killed = killed || error instanceof ClosedException;
            if (error == null) {
                acks.add(new Ack(issuedAt, Ticker.system().nanos()));
                sequenceAcknowledged.addAndGet(once ? 0 : 1);
            } else if (isUnknown(error)) {
                sequenceUnknown.addAndGet(once ? 0 : 1);
            } else if (!(error instanceof CoordException)) {
                problems.add(key + ": " + error);
            }
            if (once) {
                (error == null ? acknowledged : isUnknown(error) ? unknown : refused).add(key);
            }
        }

        private void count() {
            Kv kv = coord.kv().withTimeout(TIMEOUT);
            while (!stopped.get() && !killed) {
                int next = 0;
                try {
                    Optional<Entry> now = kv.get(COUNTER);
                    next = now.map(entry -> Integer.parseInt(entry.text())).orElse(0) + 1;
                    long expected = now.map(Entry::modRevision).orElse(0L);
                    if (kv.compareAndSet(COUNTER, expected, Value.of(String.valueOf(next))) && !counted.add(next)) {
                        problems.add("two were told that they counted " + next);
                    }
                } catch (CoordException e) {
                    killed = killed || e instanceof ClosedException;
                    unknownCounts.addAndGet(isUnknown(e) ? 1 : 0);
                } catch (InterruptedException e) {
                    problems.add("interrupted");
                }
            }
        }

        /** Whether a write issued after the moment was acknowledged. */
        boolean hasWrittenSince(long nanos) {
            return acks.stream().anyMatch(ack -> ack.issuedAt() - nanos > 0);
        }

        /** The longest time without an acknowledged write that reaches beyond the moment. */
        long longestGapSince(long nanos) {
            long longest = 0;
            long last = nanos;
            for (Ack ack : acks) {
                if (ack.at() - nanos > 0) {
                    longest = Math.max(longest, ack.at() - last);
                }
                last = ack.at();
            }
            return longest;
        }
    }

    record Ack(long issuedAt, long at) {}

    private static boolean isUnknown(@Nullable Throwable error) {
        return error instanceof CoordException failure && failure.outcome() == Outcome.UNKNOWN;
    }

    Writer start(String name, Coord coord) {
        Writer writer = new Writer(name, coord);
        writers.add(writer);
        return writer;
    }

    /** Ends the load and waits for what is on its way. */
    void stop() throws InterruptedException {
        stopped.set(true);
        for (Writer writer : writers) {
            for (Thread thread : writer.threads) {
                thread.join();
            }
        }
    }
}
