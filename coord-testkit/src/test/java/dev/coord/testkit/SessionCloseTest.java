package dev.coord.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.lease.Session;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SessionCloseTest {

    @Test
    void session_thatIsClosed_isNotValidWhenTheStoreHasEndedIt() {
        for (long seed = 1; seed <= 20; seed++) {
            try (SimulatedCluster cluster = SimulatedCluster.start(3, seed)) {
                Coord coord = cluster.open("n1", Duration.ofSeconds(5));
                Session session = coord.session();
                cluster.onStep(() -> assertThat(!session.isValid() || cluster.isLeaseCommitted(session.id()))
                        .as("valid only while the store has it")
                        .isTrue());
                coord.close();
                assertThat(cluster.isLeaseCommitted(session.id())).isFalse();
                cluster.runUntil(session.lapsed()::isDone);
            }
        }
    }
}
