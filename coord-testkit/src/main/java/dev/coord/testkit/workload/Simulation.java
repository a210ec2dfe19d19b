package dev.coord.testkit.workload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Runs seeds of a workload. Each seed is a cluster of its own, on one thread, with a schedule of actions and faults that
 * derives from the seed alone; threads share nothing but the results. A seed that fails has its actions shrunk and is
 * reported with the command that replays it.
 */
public final class Simulation {
    private static final int MAX_VIOLATIONS = 3;
    private static final int SHRINKING_RUNS = 500;
    private static final int ROUNDS = 20;
    private static final Duration PROGRESS = Duration.ofSeconds(5);

    private final Workload workload;
    private final int threads;
    private final Consumer<String> progress;

    private Simulation(Workload workload, int threads, Consumer<String> progress) {
        this.workload = workload;
        this.threads = threads;
        this.progress = progress;
    }

    /**
     * Chooses a workload.
     *
     * @param name its name
     * @return a simulation that uses all processors and keeps its progress to itself
     * @throws IllegalArgumentException if there is none of this name; the message says which there are
     */
    public static Simulation of(String name) {
        Map<String, Workload> known = new TreeMap<>();
        ServiceLoader.load(Workload.class, Workload.class.getClassLoader())
                .forEach(each -> known.put(each.name(), each));
        Workload workload = known.get(name);
        if (workload == null) {
            throw new IllegalArgumentException("no workload \"" + name + "\"; there are: " + known.keySet()
                    + " and programs: " + SimulationProgram.all().keySet());
        }
        return of(workload);
    }

    /**
     * Takes a workload that is no service.
     *
     * @param workload what to run
     * @return a simulation that uses all processors and keeps its progress to itself
     */
    public static Simulation of(Workload workload) {
        return new Simulation(workload, Runtime.getRuntime().availableProcessors(), line -> {});
    }

    /**
     * Sets the number of threads.
     *
     * @param count at least 1
     * @return a simulation like this one
     */
    public Simulation threads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException(count + " threads; there must be one");
        }
        return new Simulation(workload, count, progress);
    }

    /**
     * Sets who is told how far it is.
     *
     * @param listener told a line every few seconds, and each violation when it is found; by any thread
     * @return a simulation like this one
     */
    public Simulation progress(Consumer<String> listener) {
        return new Simulation(workload, threads, listener);
    }

    /**
     * Runs one seed, without shrinking a failure.
     *
     * @param seed the seed
     * @return the failure, in a line; empty if every promise held
     */
    public Optional<String> probe(long seed) {
        Outcome outcome = Run.of(workload, seed, null);
        return outcome.failure() == null ? Optional.empty() : Optional.of(outcome.signature());
    }

    /**
     * Runs seeds until all are done or a few have failed.
     *
     * @param from the first
     * @param count how many
     * @return what they came to
     * @throws InterruptedException if interrupted; the seeds under way are finished
     */
    public Report run(long from, long count) throws InterruptedException {
        Tally tally = new Tally(workload.name(), from);
        run(from, from + count, tally, count);
        return tally.report();
    }

    /** The same in rounds, with a sample of the heap after each, when no cluster runs. */
    Report run(long from, long count, HeapTrend heap) throws InterruptedException {
        Tally tally = new Tally(workload.name(), from);
        for (int round = 0; round < ROUNDS; round++) {
            run(from + count * round / ROUNDS, from + count * (round + 1) / ROUNDS, tally, count);
            heap.sample();
        }
        return tally.report();
    }

    private void run(long from, long end, Tally tally, long all) throws InterruptedException {
        AtomicLong next = new AtomicLong(from);
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            for (int i = 0; i < threads; i++) {
                workers.execute(() -> work(next, end, tally));
            }
            workers.shutdown();
            while (!workers.awaitTermination(PROGRESS.toSeconds(), TimeUnit.SECONDS)) {
                progress.accept(tally.line(all));
            }
        } finally {
            next.set(end);
            workers.shutdown();
        }
    }

    private void work(AtomicLong next, long end, Tally tally) {
        long seed;
        while (tally.violations() < MAX_VIOLATIONS && (seed = next.getAndIncrement()) < end) {
            Outcome outcome = Run.of(workload, seed, null);
            tally.add(outcome);
            if (outcome.failure() != null) {
                String story = explain(outcome);
                tally.violated(story);
                progress.accept(story);
            }
        }
    }

    private String explain(Outcome outcome) {
        Shrinker shrinker = new Shrinker(SHRINKING_RUNS);
        List<Step> needed = shrinker.shrink(outcome.steps(), some -> failsAlike(outcome, some));
        Outcome least = Run.of(workload, outcome.seed(), needed);
        return Violation.describe(workload.name(), outcome, least.failure() == null ? outcome : least, shrinker.runs());
    }

    private boolean failsAlike(Outcome outcome, List<Step> some) {
        return Run.of(workload, outcome.seed(), new ArrayList<>(some))
                .signature()
                .equals(outcome.signature());
    }
}
