package dev.coord.recipes.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.IndeterminateException;
import dev.coord.kv.Entry;
import dev.coord.kv.Op;
import dev.coord.kv.TxnResult;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeKv.Fault;
import dev.coord.recipes.fake.FakeWorld;
import dev.coord.recipes.queue.QueueKeys.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A claimed item while replies get lost. */
class ClaimedItemTest {
    private static final String NAME = QueueKeys.name(100, 1);
    private static final String DONE = "/done";

    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord coord = world.join(Duration.ofSeconds(3));
    private final QueueKeys keys = new QueueKeys("/queue");

    private ClaimedItem claimed() {
        CompletableFuture<TxnResult> claim = coord.kv()
                .txn()
                .then(
                        Op.put(keys.item(NAME), "item"),
                        Op.put(keys.key(Kind.CLAIM, NAME), "mine")
                                .withLease(coord.session().id()))
                .commitAsync();
        world.settle();
        Entry item = world.store().entries(keys.item(NAME)).get(0);
        ClaimedItem claimed = new ClaimedItem(
                coord,
                keys,
                NAME,
                item,
                claim.join().revision(),
                1,
                coord.session().lapsed(),
                over -> {});
        claimed.open();
        return claimed;
    }

    private CompletableFuture<Boolean> acknowledge(ClaimedItem claimed) {
        CompletableFuture<Boolean> done = claimed.acknowledge(List.of(Op.put(DONE, "yes")));
        world.settle();
        return done;
    }

    private void assertUnknown(CompletableFuture<Boolean> done) {
        world.settle();
        assertThatThrownBy(done::join).hasCauseInstanceOf(IndeterminateException.class);
    }

    @Test
    void acknowledgement_ofWhichTheReplyWasLost_isNotDenied_onceTheClaimIsSeenToBeGone() {
        ClaimedItem claimed = claimed();
        coord.kv().failNextWrite(Fault.LOSE_REPLY);
        assertUnknown(acknowledge(claimed));
        assertThat(world.store().entries(DONE)).hasSize(1);
        claimed.claimDeleted(); // as its own acknowledgement did

        assertUnknown(acknowledge(claimed));
    }

    @Test
    void acknowledgement_ofWhichTheReplyWasLost_isNotDenied_afterALapse() {
        ClaimedItem claimed = claimed();
        coord.kv().failNextWrite(Fault.LOSE_REPLY);
        assertUnknown(acknowledge(claimed));
        coord.cut();
        world.advance(Duration.ofMillis(2800));
        assertThat(claimed.lost()).isCompleted();

        assertUnknown(acknowledge(claimed));
    }

    @Test
    void delayedReturn_ofAnItemThatIsLost_leavesNoLease() {
        ClaimedItem claimed = claimed();
        world.store().delete(keys.key(Kind.CLAIM, NAME));

        CompletableFuture<Boolean> returned = claimed.giveBackFor(Duration.ofHours(1));
        world.settle();
        assertThat(returned.join()).isFalse();
        assertThat(world.store().detachedLeases()).isZero();
    }

    @Test
    void delayedReturn_thatIsRefused_leavesNoLease_andCanBeRepeated() {
        ClaimedItem claimed = claimed();
        coord.kv().failNextWrite(Fault.REFUSE);

        CompletableFuture<Boolean> refused = claimed.giveBackFor(Duration.ofHours(1));
        world.settle();
        assertThat(refused).isCompletedExceptionally();
        assertThat(world.store().detachedLeases()).isZero();

        CompletableFuture<Boolean> returned = claimed.giveBackFor(Duration.ofHours(1));
        world.settle();
        assertThat(returned.join()).isTrue();
        assertThat(world.store().detachedLeases()).isEqualTo(1);
        assertThat(world.store().entries(keys.key(Kind.HOLD, NAME))).hasSize(1);
    }

    @Test
    void delayedReturn_ofWhichTheReplyWasLost_keepsItsLease() {
        ClaimedItem claimed = claimed();
        coord.kv().failNextWrite(Fault.LOSE_REPLY);

        assertUnknown(claimed.giveBackFor(Duration.ofHours(1)));
        assertThat(world.store().detachedLeases()).isEqualTo(1);
        assertThat(world.store().entries(keys.key(Kind.HOLD, NAME))).hasSize(1);
    }

    @Test
    void acknowledgement_ofAnItemThatIsLost_isDenied() {
        ClaimedItem claimed = claimed();
        claimed.claimDeleted();

        assertThat(acknowledge(claimed).join()).isFalse();
        assertThat(world.store().entries(DONE)).isEmpty();
    }
}
