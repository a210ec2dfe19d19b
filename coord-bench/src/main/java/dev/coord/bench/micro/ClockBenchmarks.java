package dev.coord.bench.micro;

import dev.coord.recipes.causality.HybridClock;
import dev.coord.recipes.causality.HybridTime;
import dev.coord.recipes.causality.LamportClock;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a stamp costs of clocks that do not grow with the number of processes. */
@State(Scope.Thread)
public class ClockBenchmarks {
    /** Stamps taken without a pause may run ahead of the wall clock. */
    private static final Duration AMPLE = Duration.ofDays(1);

    private final HybridClock hybrid = HybridClock.of(System::currentTimeMillis, AMPLE);
    private LamportClock lamport = LamportClock.of("process-1");

    /**
     * The next event by a Lamport clock.
     *
     * @return its stamp
     */
    @Benchmark
    public LamportClock lamportTick() {
        lamport = lamport.tick();
        return lamport;
    }

    /**
     * The next event by a hybrid logical clock.
     *
     * @return its stamp
     */
    @Benchmark
    public HybridTime hybridNow() {
        return hybrid.now();
    }
}
