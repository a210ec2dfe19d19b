package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Suspended and lost, as signals of a {@link FencedHandle}. */
abstract class HandleStateContract extends ElectionContract {
    private static final Duration PATIENT = Duration.ofSeconds(4);

    /** Whether callbacks run within milliseconds, whatever else the machine does. */
    abstract boolean isPrompt();

    private static List<HandleState> statesOf(FencedHandle handle) {
        List<HandleState> told = new CopyOnWriteArrayList<>();
        handle.onStateChange(told::add);
        return told;
    }

    @Test
    void holderThatIsCutOff_isSuspended_thenLost_beforeItsValidityEnds() {
        String away = leader();
        assertThatACutIsTold(away, cluster().open(away, Duration.ofSeconds(2)));
    }

    /** What counts is for how long it is relied on, not how long the store keeps it. */
    @Test
    void holderWithAValidity_isHeldWhileItLives_andToldOfACutInTime() {
        String away = leader();
        assertThatACutIsTold(away, cluster().open(away, Duration.ofMinutes(1), Duration.ofSeconds(2)));
    }

    private void assertThatACutIsTold(String away, Coord coord) {
        Leadership leading = await(election(coord).campaignAsync("a"));
        List<HandleState> told = statesOf(leading);
        AtomicReference<Deadline> deadline = new AtomicReference<>(leading.validUntil());
        CompletableFuture<Duration> inTime =
                leading.lost().thenApply(lost -> deadline.get().remaining());
        eventually("the first state", () -> told.contains(HandleState.HELD));
        assertThat(told).startsWith(HandleState.HELD);
        assertThat(leading.state()).isEqualTo(HandleState.HELD);
        cluster().faults().isolate(away);
        eventually("the suspension", () -> {
            // After the cut no keep-alive moves it on.
            Deadline until = leading.validUntil();
            if (leading.isValid()) {
                deadline.set(until);
            }
            return told.get(told.size() - 1) == HandleState.SUSPENDED;
        });
        assertThat(leading.state()).isEqualTo(HandleState.SUSPENDED);
        assertThat(leading.isValid()).as("suspended is not lost").isTrue();
        assertThat(leading.lost()).isNotDone();

        Duration left = await(inTime);
        eventually("the loss", () -> told.get(told.size() - 1) == HandleState.LOST);
        assertThat(told).endsWith(HandleState.SUSPENDED, HandleState.LOST).containsOnlyOnce(HandleState.LOST);
        assertThat(leading.isValid()).isFalse();
        if (isPrompt()) {
            assertThat(left).as("told before the validity ended").isPositive();
        }
    }

    @Test
    void shortCut_isSuspended_thenHeldAgain_andLosesNothing() {
        String away = othersThan(leader()).get(0);
        Leadership leading = await(election(cluster().open(away, PATIENT)).campaignAsync("a"));
        List<HandleState> told = statesOf(leading);
        cluster().faults().isolate(away);
        eventually("the suspension", () -> told.contains(HandleState.SUSPENDED));
        cluster().faults().heal();
        eventually("to be held again", () -> told.get(told.size() - 1) == HandleState.HELD);
        assertHeld(leading);
        assertThat(leading.state()).isEqualTo(HandleState.HELD);
        assertThat(told).startsWith(HandleState.HELD, HandleState.SUSPENDED, HandleState.HELD);
        await(leading.closeAsync());
        eventually("the loss", () -> told.get(told.size() - 1) == HandleState.LOST);
    }

    @Test
    void lock_thatIsReleased_isLost_andTellsNothingAfter() throws Exception {
        var lock = DistributedLock.on(coord(0), path()).acquire();
        List<HandleState> told = statesOf(lock);
        eventually("the first state", () -> told.equals(List.of(HandleState.HELD)));
        lock.close();
        assertThat(lock.state()).isEqualTo(HandleState.LOST);
        List<HandleState> late = statesOf(lock);
        eventually("the loss", () -> told.equals(List.of(HandleState.HELD, HandleState.LOST)));
        eventually("the loss, at once", () -> late.equals(List.of(HandleState.LOST)));
        aMoment();
        assertThat(told).hasSize(2);
        assertThat(late).hasSize(1);
        assertThatThrownBy(() -> lock.onStateChange(null)).isInstanceOf(NullPointerException.class);
    }
}
