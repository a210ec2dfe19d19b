package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.LimitExceededException;
import dev.coord.recipes.broadcast.BroadcastGroup;
import dev.coord.recipes.broadcast.LamportMutex;
import dev.coord.recipes.broadcast.MemberRestartedException;
import dev.coord.recipes.broadcast.MutexHandle;
import dev.coord.recipes.broadcast.MutexTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user sees of Lamport's mutual exclusion. */
abstract class LamportMutexContract extends RecipeContract {
    private static final Duration BRIEF = Duration.ofMillis(100);

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private String id(int peer) {
        return cluster().ids().get(peer);
    }

    private String name() {
        return path().replaceAll("^.*/|_.*$", "");
    }

    private LamportMutex mutex(int peer) {
        BroadcastGroup group = BroadcastGroup.on(coord(peer), cluster().messenger(id(peer)), name());
        LamportMutex mutex =
                LamportMutex.open(group.withRetryEvery(Duration.ofMillis(25)).withMaxUnacknowledged(6));
        opened.add(mutex);
        return mutex;
    }

    private static void assertNotGranted(CompletableFuture<MutexHandle> request) {
        assertThat(request).isNotDone();
    }

    @Test
    void handle_isHeldByOne_andPassesOnInTheOrderOfRequests() throws Exception {
        LamportMutex one = mutex(0);
        LamportMutex other = mutex(1);
        LamportMutex third = mutex(2);
        MutexHandle first = one.acquire(LIMIT);
        assertThat(first.isHeld()).isTrue();
        CompletableFuture<MutexHandle> second = other.acquireAsync();
        aMoment();
        CompletableFuture<MutexHandle> last = third.acquireAsync();
        CompletableFuture<MutexHandle> own = one.acquireAsync();
        aMoment();
        assertNotGranted(second);
        assertNotGranted(last);
        assertThat(other.blockedBy()).containsExactly(id(0));
        first.close();
        first.close();
        assertThat(first.isHeld()).isFalse();

        MutexHandle next = await(second);
        assertThat(next.stamp()).isGreaterThan(first.stamp());
        aMoment();
        assertNotGranted(last);
        assertThat(third.blockedBy()).containsExactly(id(1));
        next.close();
        MutexHandle afterNext = await(CompletableFuture.anyOf(last, own).thenApply(MutexHandle.class::cast));
        assertThat(last.isDone()).isNotEqualTo(own.isDone());
        afterNext.close();
        await(last).close();
        await(own).close();
    }

    @Test
    void requestThatTimesOutOrIsCancelled_isInNobodysWay() throws Exception {
        LamportMutex one = mutex(0);
        LamportMutex other = mutex(1);
        LamportMutex third = mutex(2);
        MutexHandle held = one.acquire();
        assertThat(other.tryAcquire(BRIEF)).isEmpty();
        assertThatThrownBy(() -> other.acquire(BRIEF))
                .isInstanceOfSatisfying(
                        MutexTimeoutException.class,
                        e -> assertThat(e.blockedBy()).containsExactly(id(0)))
                .hasMessageContaining("was not granted in PT0.1S; it waited for [" + id(0) + "]");
        CompletableFuture<MutexHandle> cancelled = other.acquireAsync();
        cancelled.cancel(false);
        CompletableFuture<MutexHandle> waits = third.acquireAsync();
        held.close();
        await(waits).close();
        Optional<MutexHandle> free = other.tryAcquire(LIMIT);
        assertThat(free).isPresent();
    }

    @Test
    void deadMember_letsNobodyAcquire_isNamed_andEndsTheGroupWhenItRestarts() throws Exception {
        LamportMutex one = mutex(0);
        LamportMutex other = mutex(1);
        mutex(2);
        MutexHandle held = one.acquire(LIMIT);
        cluster().faults().crash(id(2));
        CompletableFuture<MutexHandle> waiting = other.acquireAsync();
        aMoment();
        held.close();
        eventually("waits for the dead only", () -> other.blockedBy().equals(new HashSet<>(List.of(id(2)))));
        assertThatThrownBy(() -> one.acquire(BRIEF))
                .isInstanceOfSatisfying(
                        MutexTimeoutException.class,
                        e -> assertThat(e.blockedBy()).contains(id(2)));
        assertNotGranted(waiting);

        cluster().faults().restart(id(2));
        LamportMutex again = mutex(2);
        assertThat(failure(again.acquireAsync())).isInstanceOf(MemberRestartedException.class);
        assertThat(failure(waiting)).isInstanceOf(MemberRestartedException.class);
        assertThat(failure(one.ended())).isInstanceOf(MemberRestartedException.class);
        assertThatThrownBy(() -> other.acquire(LIMIT))
                .isInstanceOf(MemberRestartedException.class)
                .hasMessageContaining("member " + id(2) + " of the group mutex:" + name() + " has restarted");
    }

    @Test
    void deadHolder_holdsForEver() throws Exception {
        LamportMutex one = mutex(0);
        LamportMutex other = mutex(1);
        LamportMutex third = mutex(2);
        third.acquire(LIMIT);
        cluster().faults().crash(id(2));
        assertThat(one.tryAcquire(BRIEF)).isEmpty();
        assertThat(failure(other.acquireAsync(BRIEF)))
                .isInstanceOfSatisfying(
                        MutexTimeoutException.class,
                        e -> assertThat(e.blockedBy()).contains(id(2)));
        assertThat(other.blockedBy()).contains(id(2));
    }

    @Test
    void requestsThatADeadMemberLeavesUnanswered_areBounded() {
        LamportMutex one = mutex(0);
        mutex(1);
        mutex(2);
        await(one.acquireAsync()).close();
        cluster().faults().crash(id(2));
        Throwable refused = null;
        for (int i = 0; i < 8 && !(refused instanceof LimitExceededException); i++) {
            refused = failure(one.acquireAsync(Duration.ofMillis(5)));
        }
        assertThat(refused).isInstanceOf(LimitExceededException.class).hasMessageContaining(id(2));
    }

    @Test
    void closed_refuses_butWhatIsHeldStaysHeld() throws Exception {
        LamportMutex one = mutex(0);
        LamportMutex other = mutex(1);
        mutex(2);
        MutexHandle held = one.acquire(LIMIT);
        one.close();
        assertThat(failure(one.acquireAsync())).isInstanceOf(ClosedException.class);
        assertThat(held.isHeld()).isTrue();
        assertThat(other.tryAcquire(BRIEF)).isEmpty();
        await(one.ended());
        assertThatThrownBy(() -> other.acquireAsync(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("everybody must be asked");
    }
}
