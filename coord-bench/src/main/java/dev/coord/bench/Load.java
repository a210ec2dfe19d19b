package dev.coord.bench;

import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A closed loop of operations, driven by one thread. */
public final class Load {
    private static final Ticker CLOCK = Ticker.system();
    private static final int MAX_SAMPLES = 4_000_000;

    private Load() {}

    /**
     * What a window came to.
     *
     * @param perSecond operations a second
     * @param p50Micros the median latency
     * @param p99Micros the 99th percentile
     */
    public record Figures(double perSecond, double p50Micros, double p99Micros) {
        /**
         * Returns what is no rate but a single figure.
         *
         * @param value the figure, in whatever unit
         * @return figures that are all this one
         */
        public static Figures of(double value) {
            return new Figures(value, value, value);
        }

        static Figures parse(String text) {
            String[] parts = text.split(" ", -1);
            return new Figures(
                    Double.parseDouble(parts[0]), Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
        }

        /** The form that {@link #parse} reads. */
        @Override
        public String toString() {
            return perSecond + " " + p50Micros + " " + p99Micros;
        }
    }

    /**
     * Returns the median of the rounds, the mean of the two in the middle if their number is even.
     *
     * @param rounds what they came to
     * @param figure which figure of each
     * @return the median; empty if there are none
     */
    public static OptionalDouble median(List<Figures> rounds, ToDoubleFunction<Figures> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        return sorted.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2);
    }

    /** An operation that blocks until it is done. */
    @FunctionalInterface
    public interface Blocking {
        /**
         * Runs it.
         *
         * @param number how many were run before
         * @throws Exception if it fails, which ends the measurement
         */
        void run(long number) throws Exception;
    }

    /**
     * Runs operations one after the other.
     *
     * @param window for how long
     * @param operation what to run
     * @return what it came to
     * @throws Exception what an operation threw
     */
    public static Figures oneByOne(Duration window, Blocking operation) throws Exception {
        long[] samples = new long[MAX_SAMPLES];
        long began = CLOCK.nanos();
        long last = began;
        int count = 0;
        while (last - began < window.toNanos()) {
            operation.run(count);
            long now = CLOCK.nanos();
            samples[count % MAX_SAMPLES] = now - last;
            last = now;
            count++;
        }
        return figures(samples, count, last - began);
    }

    /**
     * Runs operations so cheap that they are timed by the thousand.
     *
     * @param window for how long
     * @param operation what to run
     * @return what it came to; the latency is the mean
     * @throws Exception what an operation threw
     */
    public static Figures bulk(Duration window, Blocking operation) throws Exception {
        long began = CLOCK.nanos();
        long count = 0;
        long now = began;
        while (now - began < window.toNanos()) {
            for (int i = 0; i < 1000; i++) {
                operation.run(count + i);
            }
            count += 1000;
            now = CLOCK.nanos();
        }
        double each = (now - began) / 1e3 / count;
        return new Figures(count * 1e9 / (now - began), each, each);
    }

    /** An operation that tells how long that part of it took which counts, in nanoseconds. */
    @FunctionalInterface
    public interface Timed {
        /**
         * Runs it.
         *
         * @param worker which of the threads runs it, from 0
         * @return nanoseconds
         * @throws Exception if it fails, which ends the measurement
         */
        long run(int worker) throws Exception;
    }

    /**
     * Has so many threads run operations one after the other; the latencies are what the operations tell.
     *
     * @param width how many threads
     * @param window for how long
     * @param operation what to run
     * @return what it came to
     * @throws Exception what an operation threw
     */
    public static Figures byWorkers(int width, Duration window, Timed operation) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(width);
        try {
            long began = CLOCK.nanos();
            List<Future<long[]>> running = new ArrayList<>();
            for (int i = 0; i < width; i++) {
                int worker = i;
                running.add(threads.submit(() -> work(worker, began + window.toNanos(), operation)));
            }
            LongStream all = LongStream.empty();
            for (Future<long[]> one : running) {
                all = LongStream.concat(all, Arrays.stream(one.get()));
            }
            long[] samples = all.toArray();
            return figures(samples, samples.length, CLOCK.nanos() - began);
        } finally {
            threads.shutdownNow();
        }
    }

    private static long[] work(int worker, long end, Timed operation) throws Exception {
        LongStream.Builder samples = LongStream.builder();
        do {
            samples.add(operation.run(worker));
        } while (CLOCK.nanos() - end < 0);
        return samples.build().toArray();
    }

    /**
     * Returns figures of latencies only.
     *
     * @param samples nanoseconds each; one at least
     * @return their percentiles, and how many would fit into a second one after the other
     */
    public static Figures figures(long[] samples) {
        return figures(
                samples, samples.length, Math.max(1, LongStream.of(samples).sum()));
    }

    /**
     * Keeps so many operations in flight.
     *
     * @param width how many
     * @param window for how long
     * @param operation issues one
     * @return what it came to
     * @throws Exception if an operation failed
     */
    public static Figures inFlight(int width, Duration window, LongFunction<CompletableFuture<?>> operation)
            throws Exception {
        long[] samples = new long[MAX_SAMPLES];
        AtomicLong done = new AtomicLong();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Semaphore room = new Semaphore(width);
        long began = CLOCK.nanos();
        long number = 0;
        // One at least, however slow: of none there is no figure.
        while ((CLOCK.nanos() - began < window.toNanos() || done.get() == 0) && failure.get() == null) {
            room.acquire();
            long issued = CLOCK.nanos();
            operation.apply(number++).whenComplete((result, error) -> {
                if (error != null) {
                    failure.set(error);
                }
                samples[(int) (done.getAndIncrement() % MAX_SAMPLES)] = CLOCK.nanos() - issued;
                room.release();
            });
        }
        long counted = done.get();
        long elapsed = CLOCK.nanos() - began;
        room.acquire(width);
        Throwable error = failure.get();
        if (error != null) {
            throw new IllegalStateException("an operation failed", error);
        }
        return figures(samples, (int) Math.min(counted, Integer.MAX_VALUE), elapsed);
    }

    private static Figures figures(long[] samples, int count, long elapsed) {
        int kept = Math.min(count, MAX_SAMPLES);
        long[] sorted = Arrays.copyOf(samples, kept);
        Arrays.sort(sorted);
        return new Figures(
                count * 1e9 / elapsed, sorted[kept / 2] / 1e3, sorted[Math.min(kept - 1, kept * 99 / 100)] / 1e3);
    }
}
