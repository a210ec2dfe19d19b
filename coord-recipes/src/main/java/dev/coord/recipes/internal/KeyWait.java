package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.IndeterminateException;
import dev.coord.LimitExceededException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.time.Scheduler.Timer;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Waits until one key has been in some state: as a linearizable read finds it, or at any revision after that. A state that
 * passes quickly is not missed, unless its history is compacted before this replica could tell of it.
 *
 * <p>Costs no log entry: one read, and one watch while there is something to wait for. It does not depend on the session.
 */
public final class KeyWait {
    private final Coord coord;
    private final String key;
    private final Predicate<Optional<Entry>> state;
    private final SerialContext context = new SerialContext(this::fail);
    private final CompletableFuture<Boolean> result = new CompletableFuture<>();

    // The rest is touched in the context only.
    private boolean over;
    private @Nullable Throwable trouble;
    private @Nullable Watch watch;
    private @Nullable Timer retry;
    private @Nullable Timer timeout;

    private KeyWait(Coord coord, String key, Predicate<Optional<Entry>> state) {
        this.coord = coord;
        this.key = key;
        this.state = state;
    }

    /**
     * Waits.
     *
     * @param coord the handle
     * @param key the key
     * @param state what to wait for; must not wait
     * @param patience how long, or null for as long as it takes; if not positive, the key is looked at once
     * @return true if the key was in the state, false if patience ended first; fails with {@link UnavailableException} if the
     *     key could not even be read; cancel it to wait no longer
     */
    public static CompletableFuture<Boolean> until(
            Coord coord, String key, Predicate<Optional<Entry>> state, @Nullable Duration patience) {
        KeyWait wait = new KeyWait(coord, key, state);
        Async.whenDone(wait.result, (done, failure) -> wait.context.run(wait::end));
        wait.context.run(() -> wait.begin(patience));
        return wait.result;
    }

    /**
     * Tells whether a failure passes with time: the operation may be tried again.
     *
     * @param failure what an operation failed with
     * @return true if the store could not be reached, or did not answer in time
     */
    public static boolean isPassing(Throwable failure) {
        return failure instanceof UnavailableException || failure instanceof IndeterminateException;
    }

    /**
     * Tells whether something may well succeed later; also what found too much in flight.
     *
     * @param failure a failure
     * @return true to try it again
     */
    public static boolean isPassingOrFull(Throwable failure) {
        return isPassing(failure) || failure instanceof LimitExceededException;
    }

    private void begin(@Nullable Duration patience) {
        boolean once = patience != null && (patience.isZero() || patience.isNegative());
        if (patience != null && !once) {
            timeout = coord.scheduler().schedule(patience, () -> context.run(this::timedOut));
        }
        look(once);
    }

    private void look(boolean once) {
        RangeQuery query = RangeQuery.of(KeyRange.key(key));
        Async.run(
                () -> coord.kv().rangeAsync(query, Consistency.linearizable()),
                (found, failure) -> context.run(() -> looked(found, failure, once)));
    }

    private void looked(@Nullable RangeResult found, @Nullable Throwable failure, boolean once) {
        if (over) {
            return;
        }
        if (found != null) {
            trouble = null;
            if (meets(found) || once) {
                finish(meets(found));
            } else {
                WatchSpec spec = WatchSpec.of(KeyRange.key(key)).from(found.revision() + 1);
                watch = coord.watch(spec.resyncing(), new KeyListener());
            }
        } else if (!once && isPassingOrFull(requireNonNull(failure))) {
            trouble = failure;
            retryLater();
        } else {
            fail(requireNonNull(failure));
        }
    }

    private void retryLater() {
        // Not on the timer's thread: to send may take a while.
        retry = coord.scheduler()
                .schedule(
                        Removal.RETRY,
                        () -> Async.callBack(
                                coord,
                                () -> context.run(() -> {
                                    if (!over) {
                                        look(false);
                                    }
                                })));
    }

    private boolean meets(RangeResult found) {
        return state.test(found.entries().stream().findFirst());
    }

    private void timedOut() {
        if (over) {
            return;
        }
        Throwable cause = trouble;
        if (watch != null) {
            finish(false);
        } else if (cause != null) {
            fail(new UnavailableException("no answer from the store in time for " + key, cause));
        } else {
            fail(new UnavailableException("no answer from the store in time for " + key));
        }
    }

    private void finish(boolean met) {
        end();
        Async.callBack(coord, () -> result.complete(met));
    }

    private void fail(Throwable failure) {
        if (!over) {
            end();
            Async.callBack(coord, () -> result.completeExceptionally(failure));
        }
    }

    private void end() {
        over = true;
        Watch running = watch;
        if (running != null) {
            running.close();
        }
        for (Timer timer : new @Nullable Timer[] {retry, timeout}) {
            if (timer != null) {
                timer.cancel();
            }
        }
    }

    private void seen(boolean met) {
        if (met && !over) {
            finish(true);
        }
    }

    private final class KeyListener implements WatchListener {

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            boolean met = events.stream().anyMatch(event -> state.test(event.entry()));
            context.run(() -> seen(met));
        }

        @Override
        public void onResync(RangeResult found) {
            boolean met = meets(found);
            context.run(() -> seen(met));
        }

        @Override
        public void onEnd(CoordException cause) {
            context.run(() -> fail(cause));
        }
    }
}
