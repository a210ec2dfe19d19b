package dev.coord.recipes.mirror;

import dev.coord.Coord;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.recipes.internal.Async;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One wait for a mirror to catch up with a revision. First the peer's replica must have it, which a read waits for; then
 * the watch is at it, usually within microseconds, which is looked for at growing intervals.
 */
final class CatchUp<V> {
    static final Duration USUAL = Duration.ofSeconds(10);
    private static final Duration FIRST_LOOK = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofMillis(50);
    /** Any key will do: the replica's revision is what is waited for. */
    private static final String PROBE = "/";

    private final KeyMirror<V> mirror;
    private final Coord coord;
    private final long revision;
    private final Deadline deadline;
    private final CompletableFuture<MirrorSnapshot<V>> result = new CompletableFuture<>();

    private CatchUp(KeyMirror<V> mirror, Coord coord, long revision, Duration patience) {
        this.mirror = mirror;
        this.coord = coord;
        this.revision = revision;
        this.deadline = Deadline.after(coord.ticker(), patience);
    }

    static <V> CompletableFuture<MirrorSnapshot<V>> start(
            KeyMirror<V> mirror, Coord coord, long revision, Duration patience) {
        Consistency replica = Consistency.atLeast(revision);
        if (patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("patience of " + patience + "; it must be positive");
        }
        CatchUp<V> wait = new CatchUp<>(mirror, coord, revision, patience);
        if (!wait.decide()) {
            Async.run(
                    () -> coord.kv().withTimeout(patience).getAsync(PROBE, replica),
                    (found, failure) -> Async.callBack(coord, () -> wait.replicaHasIt(failure)));
            Async.onSignal(
                    mirror.over(),
                    wait.result.handle((done, failure) -> null),
                    () -> Async.callBack(coord, wait::decide));
        }
        return wait.result;
    }

    private void replicaHasIt(@Nullable Throwable failure) {
        if (failure != null) {
            result.completeExceptionally(failure);
        } else {
            look(FIRST_LOOK);
        }
    }

    private void look(Duration next) {
        if (decide()) {
            return;
        }
        if (deadline.isPast()) {
            result.completeExceptionally(
                    new UnavailableException(mirror + " has not come to revision " + revision + " in time"));
            return;
        }
        Duration later = next.compareTo(LONGEST) < 0 ? next.multipliedBy(2) : next;
        coord.scheduler().schedule(next, () -> Async.callBack(coord, () -> look(later)));
    }

    /** Completes the result if there is anything to say; false if the wait goes on. */
    private boolean decide() {
        MirrorSnapshot<V> newest = mirror.snapshotFrom(revision);
        if (newest != null) {
            result.complete(newest);
        } else {
            mirror.failure().ifPresent(result::completeExceptionally);
        }
        return result.isDone();
    }
}
