package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.time.Ticker;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Elections where every running peer is needed for a majority: one that does not answer holds all up. */
@Timeout(120)
class LeaderChangeIT {
    private static final int CHANGES = 30;
    /** Ratis gives a leader that steps down 5 s to stop its appenders, during which it answers nobody. */
    private static final Duration LIMIT = Duration.ofSeconds(4);

    @Test
    void leaderThatWasCutOff_isThereForTheNextElection() {
        try (LocalCluster cluster = LocalCluster.builder()
                .peers(5)
                .electionTimeout(Duration.ofMillis(200))
                .start()) {
            Faults faults = new Faults(cluster);
            cluster.kill(faults.peerBesides(faults.leader()));
            for (int i = 1; i <= CHANGES; i++) {
                long began = Ticker.system().nanos();
                faults.changeLeader();
                assertThat(Duration.ofNanos(Ticker.system().nanos() - began))
                        .as("change %d", i)
                        .isLessThan(LIMIT);
            }
        }
    }
}
