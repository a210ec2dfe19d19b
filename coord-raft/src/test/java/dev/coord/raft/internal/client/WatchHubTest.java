package dev.coord.raft.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatchHubTest {
    private static final int SEEDS = 250;

    @Test
    void watches_anyInterleavingOfDispatchRunsClosesAndCompaction_loseAndRepeatNothing() {
        int resyncs = 0;
        int jumps = 0;
        int reopened = 0;
        int ends = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            WatchHubRun run = new WatchHubRun(seed);
            try {
                run.run(200);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            resyncs += run.resyncs;
            jumps += run.jumps;
            reopened += run.reopened;
            ends += run.ends;
        }
        System.out.printf("%d resyncs, %d snapshot jumps, %d renewals, %d ends%n", resyncs, jumps, reopened, ends);
        assertThat(resyncs).isGreaterThan(SEEDS / 10);
        assertThat(ends).isGreaterThan(SEEDS / 10);
        assertThat(jumps).isGreaterThan(SEEDS / 10);
        assertThat(reopened).isGreaterThan(SEEDS);
    }
}
