package dev.coord.recipes.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.FencedException;
import dev.coord.SessionExpiredException;
import dev.coord.UnavailableException;
import dev.coord.kv.Entry;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeKv.Fault;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The lock while sessions lapse, replies get lost and operators meddle. */
@SuppressWarnings("FutureReturnValueIgnored")
class DistributedLockFailureTest {
    private static final Duration TTL = Duration.ofSeconds(3);
    /** Longer than the holder's validity, shorter than the store's. */
    private static final Duration LAPSE = Duration.ofMillis(2800);

    private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(10);
    private static final String PATH = "/locks/ledger";

    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord a = world.join(TTL);
    private final FakeCoord b = world.join(TTL);

    private CompletableFuture<LockHandle> request(FakeCoord coord) {
        CompletableFuture<LockHandle> request = DistributedLock.on(coord, PATH).acquireAsync();
        world.settle();
        return request;
    }

    private List<Entry> queue() {
        return world.store().entries(PATH + "/~");
    }

    @Test
    void holder_cutOff_isLostBeforeTheNextIsGranted() {
        LockHandle first = request(a).join();
        CompletableFuture<LockHandle> second = request(b);
        AtomicBoolean lostFirst = new AtomicBoolean();
        AtomicBoolean heard = new AtomicBoolean();
        first.lost().thenRun(() -> heard.set(true));
        second.thenRun(() -> lostFirst.set(heard.get() && !first.isValid()));

        a.cut();
        world.advance(LAPSE);
        assertThat(first.isValid()).isFalse();
        assertThat(first.lost()).isCompleted();
        assertThat(second).isNotDone();
        world.advance(TTL);

        assertThat(second).isCompleted();
        assertThat(lostFirst).isTrue();
        assertThat(second.join().fencingToken()).isGreaterThan(first.fencingToken());
        assertThat(world.store().holds(first.guard())).isFalse();
    }

    @Test
    void holder_lapsedAndRecovered_staysLostAndMakesRoom() {
        LockHandle first = request(a).join();
        CompletableFuture<LockHandle> second = request(b);
        a.cut();
        world.advance(LAPSE);
        a.heal();
        world.advance(TTL);

        assertThat(a.session().isValid()).isTrue();
        assertThat(first.isValid()).isFalse();
        assertThat(first.validUntil().isPast()).isTrue();
        assertThat(second).isCompleted();
        assertThat(second.join().isValid()).isTrue();
    }

    @Test
    void holder_paused_knowsOfItsLossAtOnceWhenItGoesOn() {
        LockHandle first = request(a).join();
        CompletableFuture<LockHandle> second = request(b);
        a.pause(Duration.ofSeconds(20));
        world.advance(Duration.ofSeconds(19));

        assertThat(second).isCompleted();
        assertThat(first.isValid()).as("by the clock alone").isFalse();
        world.advance(Duration.ofSeconds(2));
        assertThat(first.lost()).isCompleted();
        assertThat(second.join().isValid()).isTrue();
    }

    @Test
    void waiter_lapsedAndRecovered_keepsItsPlace() {
        LockHandle first = request(a).join();
        CompletableFuture<LockHandle> second = request(b);
        CompletableFuture<LockHandle> third = request(world.join(TTL));
        b.cut();
        world.advance(LAPSE);
        first.closeAsync();
        world.settle();
        assertThat(second).isNotDone();
        b.heal();
        world.advance(Duration.ofSeconds(1));

        assertThat(second).isCompleted();
        assertThat(second.join().isValid()).isTrue();
        assertThat(third).isNotDone();
    }

    @Test
    void waiter_whoseSessionExpires_failsAndIsSkipped() {
        LockHandle first = request(a).join();
        CompletableFuture<LockHandle> second = request(b);
        CompletableFuture<LockHandle> third = request(world.join(TTL));
        b.cut();
        world.advance(TTL.multipliedBy(2));
        first.closeAsync();
        world.settle();
        assertThat(third).isCompleted();
        b.heal();
        world.advance(TTL);

        assertThatThrownBy(second::get).hasCauseInstanceOf(SessionExpiredException.class);
        assertThat(b.openWatches()).isZero();
    }

    @Test
    void enqueued_butReplyOnlyAfterALapse_isNotGrantedOnTheOldStretch() {
        CompletableFuture<LockHandle> request = DistributedLock.on(a, PATH).acquireAsync();
        a.pause(LAPSE); // the write arrives, the reply waits
        world.advance(Duration.ofMillis(2799));
        assertThat(queue()).hasSize(0);
        world.advance(TTL.multipliedBy(2));

        assertThat(request).isCompleted();
        assertThat(request.join().isValid()).isTrue();
    }

    @Test
    void tryAcquire_butReplyOnlyAfterALapse_saysUnavailable_andLeavesNothing() {
        CompletableFuture<?> request = DistributedLock.on(a, PATH).tryAcquireAsync(Duration.ZERO);
        a.pause(LAPSE); // the write arrives, the reply waits
        world.advance(LAPSE);
        assertThat(request).isCompletedExceptionally();
        assertThatThrownBy(request::get).hasCauseInstanceOf(UnavailableException.class);
        world.advance(Duration.ofSeconds(1));
        assertThat(queue()).isEmpty();
    }

    @Test
    void enqueued_butSessionExpiredBeforeTheGrant_isNeverGranted() {
        a.cut();
        CompletableFuture<LockHandle> request = request(a);
        world.advance(TTL.plusSeconds(1));
        a.heal();
        world.advance(TTL);

        assertThatThrownBy(request::get).hasCauseInstanceOf(SessionExpiredException.class);
        assertThat(queue()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void acquire_whenTheFirstWriteFails_isGrantedOnceAfterAll(Fault fault) {
        a.kv().failNextWrite(fault);
        CompletableFuture<LockHandle> request = request(a);
        world.advance(Duration.ofSeconds(1));

        assertThat(request).isCompleted();
        assertThat(queue()).hasSize(1);
        request.join().closeAsync();
        world.settle();
        assertThat(queue()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void tryAcquire_whenTheWriteFails_holdsNothingAndLeavesNothing(Fault fault) {
        a.kv().failNextWrite(fault);
        CompletableFuture<?> request = DistributedLock.on(a, PATH).tryAcquireAsync(Duration.ZERO);
        world.advance(Duration.ofSeconds(1));

        assertThatThrownBy(request::get).hasCauseInstanceOf(UnavailableException.class);
        assertThat(queue()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void cancel_afterTheFirstWriteFailed_leavesNothing(Fault fault) {
        a.kv().failNextWrite(fault);
        CompletableFuture<LockHandle> request = request(a);
        request.cancel(false);
        world.advance(Duration.ofSeconds(1));

        assertThat(queue()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void close_whenItsWriteFails_goesOnUntilTheLockIsFree(Fault fault) {
        LockHandle lock = request(a).join();
        a.kv().failNextWrite(fault);
        CompletableFuture<Void> released = lock.closeAsync();
        assertThat(lock.isValid()).isFalse();
        world.advance(Duration.ofSeconds(1));

        assertThat(released).isCompleted();
        assertThat(queue()).isEmpty();
    }

    @Test
    void close_cutOffForLong_endsWithTheSession() {
        LockHandle lock = request(a).join();
        a.cut();
        CompletableFuture<Void> released = lock.closeAsync();
        world.advance(OPERATION_TIMEOUT.plusSeconds(2));
        assertThat(released).isNotDone();
        assertThat(queue()).isEmpty();
        a.heal();
        world.advance(TTL);

        assertThat(released).isCompleted();
    }

    @Test
    void close_blockingWhileCutOff_returnsWhenTheValidityEnds() throws Exception {
        LockHandle lock = request(a).join();
        a.cut();
        CompletableFuture<String> result = new CompletableFuture<>();
        FakeWorld.startBlocking(
                () -> {
                    lock.close();
                    return "closed";
                },
                result);
        world.settleUntil(() -> !lock.isValid());
        world.advance(LAPSE);
        world.settleUntil(result::isDone);

        assertThat(result).isCompletedWithValue("closed");
    }

    @Test
    void tryAcquire_withoutAnswerFromTheStore_saysUnavailableNotBusy() {
        a.cut();
        CompletableFuture<?> request = DistributedLock.on(a, PATH).tryAcquireAsync(Duration.ofSeconds(1));
        world.advance(Duration.ofSeconds(1));

        assertThatThrownBy(request::get).hasCauseInstanceOf(UnavailableException.class);
        a.heal();
        world.advance(Duration.ofSeconds(1));
        assertThat(queue()).as("the late write is taken back").isEmpty();
    }

    @Test
    void holder_whoseKeyIsDeleted_isLost() {
        LockHandle first = request(a).join();
        CompletableFuture<LockHandle> second = request(b);
        world.store().delete(queue().get(0).key());
        world.settle();

        assertThat(first.isValid()).isFalse();
        assertThat(first.lost()).isCompleted();
        assertThat(second.join().isValid()).isTrue();
    }

    @Test
    void waiter_whoseKeyIsDeleted_failsWhenItsTurnComes() {
        LockHandle first = request(a).join();
        CompletableFuture<LockHandle> second = request(b);
        long firstToken = first.fencingToken();
        queue().stream()
                .filter(entry -> entry.createRevision() != firstToken)
                .forEach(entry -> world.store().delete(entry.key()));
        first.closeAsync();
        world.settle();

        assertThatThrownBy(second::get).hasCauseInstanceOf(FencedException.class);
    }

    @Test
    void watches_thatLoseHistory_missNothing() {
        LockHandle first = request(a).join();
        CompletableFuture<LockHandle> second = request(b);
        a.compactWatches();
        b.compactWatches();
        world.settle();
        assertThat(first.isValid()).isTrue();
        assertThat(second).isNotDone();

        b.compactWatches();
        first.closeAsync();
        world.settle();
        assertThat(second).isCompleted();
        world.store().delete(queue().get(0).key());
        b.compactWatches();
        world.settle();
        assertThat(second.join().isValid()).isFalse();
    }

    @Test
    void coord_closed_endsWaitersAndHoldings() {
        LockHandle first = request(a).join();
        CompletableFuture<LockHandle> second = request(b);
        b.close();
        a.close();
        world.settle();

        assertThat(second).isCompletedExceptionally();
        assertThat(first.isValid()).isFalse();
        assertThat(first.lost()).isCompleted();
        assertThat(queue()).isEmpty();
        assertThatThrownBy(request(a)::get)
                .hasCauseInstanceOf(ClosedException.class)
                .satisfies(e -> assertThat(first.closeAsync()).isCompleted());
    }
}
