package dev.coord.bench.micro;

import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs JMH: each operation in a JVM of its own, by one thread, with what it allocates. */
final class Measuring {
    private static final String[] HEAP = {"-Xms2g", "-Xmx2g"};

    private Measuring() {}

    static Measured run(Operation operation, boolean quick) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(operation.benchmark()) + "$")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .threads(1)
                .forks(1)
                .jvmArgs(HEAP)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        operation.parameters().forEach(options::param);
        iterate(options, quick);
        return Measured.of(new Runner(options.build()).runSingle());
    }

    private static void iterate(ChainedOptionsBuilder options, boolean quick) {
        options.warmupIterations(quick ? 1 : 4)
                .warmupTime(TimeValue.milliseconds(quick ? 300 : 500))
                .measurementIterations(quick ? 2 : 5)
                .measurementTime(TimeValue.milliseconds(quick ? 100 : 800));
    }
}
