package dev.coord.recipes.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeKv.Fault;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Puts with a delay that are given up: the lease of the delay must not stay. */
class PutterTest {
    private static final PutOptions DELAYED = PutOptions.defaults().delay(Duration.ofHours(1));

    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord coord = world.join(Duration.ofSeconds(3));
    private final QueueKeys keys = new QueueKeys("/queue");
    private final Putter putter = new Putter(coord, keys, 1);

    @BeforeEach
    void fillTheQueue() {
        assertThat(put(PutOptions.defaults()).join()).isPresent();
    }

    private CompletableFuture<Optional<String>> put(PutOptions options) {
        CompletableFuture<Optional<String>> put = putter.put(Value.of("item"), options, null);
        world.settle();
        return put;
    }

    private void makeRoom() {
        String first = world.store().entries(keys.item("")).get(0).key();
        CompletableFuture<?> removed = coord.kv().txn().then(Op.delete(first)).commitAsync();
        world.settle();
        assertThat(removed).isCompleted();
    }

    private void assertOnlyTheFirst() {
        world.advance(Duration.ofSeconds(1));
        assertThat(world.store().entries(keys.item(""))).hasSize(1);
        assertThat(world.store().detachedLeases()).isZero();
    }

    @Test
    void delayedPut_cancelledWhileItWaitsForRoom_leavesNoLease() {
        CompletableFuture<Optional<String>> put = put(DELAYED);
        assertThat(world.store().detachedLeases()).isEqualTo(1);
        put.cancel(false);
        assertOnlyTheFirst();
    }

    @Test
    void delayedPut_cancelledOnItsWayToAFullQueue_leavesNoLease() {
        CompletableFuture<Optional<String>> put = putter.put(Value.of("item"), DELAYED, null);
        put.cancel(false);
        assertOnlyTheFirst();
    }

    @Test
    void delayedPut_cancelledOnItsWay_andRefused_isNotSentAgain() {
        makeRoom();
        coord.kv().failNextWrite(Fault.REFUSE);
        CompletableFuture<Optional<String>> put = putter.put(Value.of("item"), DELAYED, null);
        put.cancel(false);
        world.advance(Duration.ofSeconds(1));
        assertThat(world.store().entries(keys.item(""))).isEmpty();
        assertThat(world.store().detachedLeases()).isZero();
    }

    @Test
    void delayedPut_whileTheHandleIsClosed_leavesNoLease() {
        CompletableFuture<Optional<String>> put = put(DELAYED);
        putter.close();
        assertOnlyTheFirst();
        assertThat(put).isCompletedExceptionally();
    }

    @Test
    void delayedPut_thatIsDone_keepsItsLease() {
        CompletableFuture<Optional<String>> put = put(DELAYED);
        makeRoom();
        assertThat(put).isCompleted();
        world.advance(Duration.ofSeconds(1));
        assertThat(world.store().detachedLeases()).isEqualTo(1);
        assertThat(put.join()).isPresent();
    }
}
