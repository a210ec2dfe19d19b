package dev.coord.bench.micro;

import dev.coord.recipes.detector.DetectorConfig;
import dev.coord.recipes.detector.FailureDetector;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What the phi accrual detector costs once its window of 1,000 intervals is full. */
@State(Scope.Thread)
public class DetectorBenchmarks {
    private static final DetectorConfig.Phi CONFIG = DetectorConfig.phi();
    private static final long SECOND = 1_000_000_000;
    private static final long JITTER = 100_000_000;

    /** From a heartbeat that is not yet due to one that is long overdue. */
    private static final int LONGEST_SILENCE_MILLIS = 6_000;

    private final FailureDetector detector = CONFIG.newDetector();
    private final Walk jitter = new Walk((int) JITTER);
    private final Walk silence = new Walk(LONGEST_SILENCE_MILLIS);
    private long last;

    /** Creates a detector that has heard enough. */
    public DetectorBenchmarks() {
        for (int i = 0; i <= CONFIG.window(); i++) {
            last += interval();
            detector.heartbeat(last);
        }
    }

    private long interval() {
        return SECOND + jitter.next() - JITTER / 2;
    }

    /**
     * A heartbeat that comes in time.
     *
     * @return the detector
     */
    @Benchmark
    public FailureDetector phiHeartbeat() {
        last += interval();
        detector.heartbeat(last);
        return detector;
    }

    /**
     * How strongly the process is suspected, after silences of up to six seconds.
     *
     * @return phi
     */
    @Benchmark
    public double phi() {
        return detector.suspicion(last + silence.next() * 1_000_000L);
    }
}
