package dev.coord.recipes.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.kv.Value;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of two coordinators, the one that took the record over first has no effect any more. */
class RecordStoreTest {
    private static final CommitKeys KEYS = new CommitKeys("/commit/test");

    private static RecordStore store(Coord coord) {
        return new RecordStore(coord, KEYS, new Epochs(coord, KEYS, Duration.ofHours(1)));
    }

    @Test
    void outcome_ofATransactionThatWasTakenOver_doesNotGoBeforeItsEpoch() {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 1)) {
            RecordStore former = store(cluster.coord("n1"));
            Coord heir = cluster.coord("n2");
            RecordStore next = new RecordStore(heir, KEYS, new Epochs(heir, KEYS, Duration.ofSeconds(1)));
            CommitRecord record = new CommitRecord(
                    TransactionStatus.COMMITTING, Duration.ofSeconds(1), List.of(new Share("a", false, Value.EMPTY)));
            Epochs epochs = new Epochs(cluster.coord("n1"), KEYS, Duration.ofHours(1));
            String id = epochs.nextId();
            cluster.await(epochs.begun(id));
            Hold first = cluster.await(former.create(id, record.encode()));
            Hold second = cluster.await(next.take(id, first.token(), first.recordRevision(), record.encode()))
                    .orElseThrow();
            assertThat(cluster.await(next.end(second, true))).isPresent();
            cluster.advance(Duration.ofMinutes(1));
            assertThat(cluster.await(former.look(id)).status()).isEqualTo(TransactionStatus.COMMITTED);
            cluster.advance(Duration.ofHours(3));
            assertThat(cluster.await(former.look(id)).status()).isEqualTo(TransactionStatus.FORGOTTEN);
        }
    }

    @Test
    void formerOwner_decidesAndEndsNothing() {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 1)) {
            RecordStore former = store(cluster.coord("n1"));
            RecordStore next = store(cluster.coord("n2"));
            CommitRecord record = new CommitRecord(
                    TransactionStatus.PREPARING, Duration.ofSeconds(1), List.of(new Share("a", false, Value.EMPTY)));
            String id = new Epochs(cluster.coord("n1"), KEYS, Duration.ofHours(1)).nextId();
            Hold first = cluster.await(former.create(id, record.encode()));
            Value same = record.encode();
            Hold second = cluster.await(next.take(id, first.token(), first.recordRevision(), same))
                    .orElseThrow();
            assertThat(second.token()).isGreaterThan(first.token());

            Value commit = record.in(TransactionStatus.COMMITTING).encode();
            assertThat(cluster.await(former.advance(first, commit))).isEmpty();
            Hold mixed = new Hold(id, first.token(), second.recordRevision());
            assertThat(cluster.await(former.advance(mixed, commit))).isEmpty();
            Hold outdated = new Hold(id, second.token(), first.recordRevision());
            assertThat(cluster.await(next.advance(outdated, commit))).isEmpty();
            assertThat(cluster.await(former.take(id, first.token(), second.recordRevision(), same)))
                    .isEmpty();
            assertThat(cluster.await(former.take(id, second.token(), first.recordRevision(), same)))
                    .isEmpty();
            assertThat(cluster.await(former.end(first, true))).isEmpty();
            assertThat(cluster.await(next.look(id)).status()).isEqualTo(TransactionStatus.PREPARING);

            assertThat(cluster.await(next.end(second, true))).isPresent();
            assertThat(cluster.await(former.look(id)).status()).isEqualTo(TransactionStatus.COMMITTED);
        }
    }
}
