package dev.coord.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The checker by revisions at volume: {@code -Dcoord.history.operations=1000000} for the full number. */
class VolumeTest {
    private static final int OPERATIONS = Integer.getInteger("coord.history.operations", 200_000);

    /** For a million; a fifth of it is judged by default. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void aMillionOperations_areJudgedInSeconds() {
        Recording recording = HealthyHistory.volume(1, OPERATIONS);
        assertThat(recording.operations()).hasSizeGreaterThanOrEqualTo(OPERATIONS);
        // The time of this thread: what else runs on the machine does not count.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long begin = threads.getCurrentThreadCpuTime();
        Violation violation = new Linearizability(recording).run();
        Duration taken = Duration.ofNanos(threads.getCurrentThreadCpuTime() - begin);
        System.out.println(recording.operations().size() + " operations judged in " + taken.toMillis() + " ms");
        assertThat(violation).isNull();
        assertThat(taken).isLessThan(LIMIT);
    }
}
