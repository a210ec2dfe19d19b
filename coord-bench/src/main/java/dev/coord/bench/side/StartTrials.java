package dev.coord.bench.side;

import dev.coord.bench.Load;
import dev.coord.time.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;

/** How long three servers take from their start until a first write is acknowledged. */
final class StartTrials implements Side {
    /** The first time in a JVM. */
    static final String COLD = "start.cold";

    /** Not the first time; new directories all the same. */
    static final String WARM = "start.warm";

    private static final int REPEATED = 3;

    private final Path directory;
    private final Trial trial;
    private int trials;

    /** A start of servers. */
    @FunctionalInterface
    interface Trial {
        /** Starts servers in an empty directory, writes, and returns what stops them. */
        AutoCloseable startAndWrite(Path home) throws Exception;
    }

    StartTrials(Path directory, Trial trial) {
        this.directory = directory;
        this.trial = trial;
    }

    @Override
    public void offer(Works works) {
        works.add(COLD, window -> Load.figures(new long[] {run()}));
        works.add(WARM, window -> {
            long[] samples = new long[REPEATED];
            for (int i = 0; i < REPEATED; i++) {
                samples[i] = run();
            }
            return Load.figures(samples);
        });
    }

    private long run() throws Exception {
        Path home = Files.createDirectories(directory.resolve("trial-" + trials++));
        long began = Ticker.system().nanos();
        AutoCloseable started = trial.startAndWrite(home);
        long took = Ticker.system().nanos() - began;
        started.close();
        return took;
    }

    @Override
    public void close() {}
}
