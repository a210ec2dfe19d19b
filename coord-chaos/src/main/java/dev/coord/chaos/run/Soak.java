package dev.coord.chaos.run;

import dev.coord.chaos.Findings;
import dev.coord.chaos.wire.Usage;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Looks at what the peers take, and whether that grows. */
final class Soak {
    private static final Ticker TICKER = Ticker.system();
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int FEWEST = 10;
    private static final double MORE_THREADS = 10;
    private static final double MORE_FILES = 20;

    /** Much is warmed up and filled in the first half. */
    private static final double MORE_MEMORY = 0.15;

    private final LocalEnsemble ensemble;
    private final Findings findings;
    private final List<List<Sample>> samples = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "soak");
    private volatile boolean stopped;

    private record Sample(double seconds, Usage usage, long diskBytes) {}

    Soak(LocalEnsemble ensemble, Findings findings) {
        this.ensemble = ensemble;
        this.findings = findings;
        ensemble.local().forEach(peer -> samples.add(new ArrayList<>()));
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns when no sample is taken any more; does nothing if it was not started. */
    void stop() throws InterruptedException {
        stopped = true;
        LockSupport.unpark(thread);
        thread.join();
    }

    private void run() {
        long begin = TICKER.nanos();
        try {
            while (!stopped) {
                for (LocalPeer peer : ensemble.local()) {
                    look(peer, (TICKER.nanos() - begin) / 1e9);
                }
                LockSupport.parkNanos(EVERY.toNanos());
            }
        } catch (InterruptedException e) {
            // The run is over.
        } catch (RuntimeException e) {
            findings.add("the look at what the peers take failed: " + e);
        }
    }

    /** A peer that is paused has no sample. */
    private void look(LocalPeer peer, double seconds) throws InterruptedException {
        Optional<Usage> usage = peer.agent().usage(PATIENCE);
        if (usage.isPresent()) {
            samples.get(peer.number() - 1).add(new Sample(seconds, usage.get(), size(peer.dataDirectory())));
        }
    }

    private static long size(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.mapToLong(path -> path.toFile().length()).sum();
        } catch (IOException | RuntimeException e) {
            // A segment was dropped meanwhile.
            return 0;
        }
    }

    /** Slopes an hour, by the second half of the samples. */
    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        for (int i = 0; i < samples.size(); i++) {
            List<Sample> all = samples.get(i);
            List<Sample> late = all.subList(all.size() / 2, all.size());
            if (late.size() < FEWEST) {
                findings.add("n" + (i + 1) + " was looked at only " + all.size() + " times");
            } else {
                figures.put("n" + (i + 1), figures("n" + (i + 1), late));
            }
            if (ensemble.local().get(i).starts() > 1) {
                findings.add("n" + (i + 1) + " was started anew, so that its slopes say nothing");
            }
        }
        return figures;
    }

    private Map<String, Object> figures(String peer, List<Sample> late) {
        Map<String, Object> figures = new LinkedHashMap<>();
        judge(figures, peer, "resident", late, sample -> sample.usage().residentBytes(), -1);
        judge(figures, peer, "heap", late, sample -> sample.usage().heapBytes(), -1);
        judge(figures, peer, "threads", late, sample -> sample.usage().threads(), MORE_THREADS);
        judge(figures, peer, "files", late, sample -> sample.usage().files(), MORE_FILES);
        judge(figures, peer, "disk", late, Sample::diskBytes, Double.MAX_VALUE);
        return figures;
    }

    private void judge(
            Map<String, Object> figures,
            String peer,
            String name,
            List<Sample> late,
            ToDoubleFunction<Sample> value,
            double most) {
        double slope = slope(late, value);
        double mean = late.stream().mapToDouble(value).average().orElse(0);
        double seconds = late.get(late.size() - 1).seconds() - late.get(0).seconds();
        figures.put(name, Math.round(mean));
        figures.put(name + "SlopePerHour", Math.round(slope * 3_600));
        double growth = slope * seconds;
        if (growth > (most < 0 ? MORE_MEMORY * mean : most)) {
            findings.add(peer + " takes more and more: " + name + " grew by " + Math.round(growth) + " to about "
                    + Math.round(mean) + " within " + Math.round(seconds) + " s");
        }
    }

    /** Of the line with the least squares. */
    private static double slope(List<Sample> samples, ToDoubleFunction<Sample> value) {
        double x = samples.stream().mapToDouble(Sample::seconds).average().orElse(0);
        double y = samples.stream().mapToDouble(value).average().orElse(0);
        double above = 0;
        double below = 0;
        for (Sample sample : samples) {
            above += (sample.seconds() - x) * (value.applyAsDouble(sample) - y);
            below += (sample.seconds() - x) * (sample.seconds() - x);
        }
        return below == 0 ? 0 : above / below;
    }
}
