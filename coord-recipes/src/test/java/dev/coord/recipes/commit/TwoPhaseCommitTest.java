package dev.coord.recipes.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.kv.Value;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TwoPhaseCommitTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Its record says that it is decided to commit; whoever closes does not know, and must not tell anything else. */
    @Test
    void takenOver_closedOrWithoutSessionBeforeItStarts_tellsNobody() {
        MemoryParticipant participant = new MemoryParticipant();
        try (SimulatedCluster cluster = SimulatedCluster.builder().seed(1).start()) {
            cluster.runUntil("a Raft leader", LIMIT, () -> cluster.leader().isPresent());
            TwoPhaseCommit driver = takenOver(cluster.coord(cluster.ids().get(0)), participant);

            driver.sessionEnded();
            var closed = driver.close();

            cluster.runUntil("closed", LIMIT, closed::isDone);
            cluster.advance(Duration.ofSeconds(1));
            assertThat(driver.isOver()).isTrue();
            assertThat(participant.calls()).isEmpty();
        }
    }

    private static TwoPhaseCommit takenOver(Coord coord, MemoryParticipant participant) {
        Registry registry = new Registry();
        registry.add("a", participant, null, new Gate(coord, 1));
        CommitKeys keys = new CommitKeys("/commit/closing");
        RecordStore store = new RecordStore(coord, keys, new Epochs(coord, keys, Duration.ofMinutes(1)));
        Env env = new Env(
                coord, store, registry, new Drivers(), new Ends(coord), new Heuristics(coord, keys), news -> {});
        CommitRecord record = new CommitRecord(
                TransactionStatus.COMMITTING, Duration.ofSeconds(5), List.of(new Share("a", false, Value.EMPTY)));
        return new TwoPhaseCommit(env, "t", record, new Hold("t", 7, 7));
    }
}
