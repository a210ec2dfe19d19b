package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.UnavailableException;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.lease.Session;
import dev.coord.time.Scheduler.Timer;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to be present under a name: a key attached to the session, created only if it is absent.
 *
 * <p>Unlike a waiter's, the name is not unique. So the value begins with a number that is unique in the session: by it an
 * attempt of which nobody knows whether it was applied is undone without touching what another handle holds.
 */
public final class Presence {
    private final Coord coord;
    private final Session session;
    private final String key;
    private final Value value;
    private final SerialContext context = new SerialContext(this::fail);
    private final CompletableFuture<Answer> outcome = new CompletableFuture<>();

    // The rest is touched in the context only.
    private boolean over;
    private boolean isOut;
    private @Nullable Entry taken;
    private @Nullable Watch watch;
    private @Nullable Timer timeout;

    private Presence(Coord coord, String key, Value value) {
        this.coord = coord;
        this.session = coord.session();
        this.key = key;
        this.value = value;
    }

    /** What came of an attempt. */
    public sealed interface Answer {
        /**
         * The name is ours.
         *
         * @param kept the key, perhaps lost by now
         * @param number what its value begins with
         */
        record Present(KeptKey kept, long number) implements Answer {}

        /**
         * Somebody else has the name.
         *
         * @param by the key found
         */
        record Taken(Entry by) implements Answer {}
    }

    /**
     * Notes a presence.
     *
     * @param <T> the recipe's view
     * @param coord the handle whose session is present
     * @param key the key
     * @param content what it holds
     * @param patience how long to wait for a name that is taken; none if not positive
     * @param view makes the recipe's view of the answer
     * @return the view; to complete or cancel the future is to give up
     */
    public static <T> CompletableFuture<T> claim(
            Coord coord, String key, Value content, Duration patience, Function<Answer, T> view) {
        long number = coord.session().nextNumber();
        Presence presence = new Presence(coord, key, framed(number, content));
        CompletableFuture<T> result = new CompletableFuture<>();
        Async.whenDone(presence.outcome, (answer, failure) -> {
            if (answer == null) {
                result.completeExceptionally(requireNonNull(failure));
            } else if (!result.complete(view.apply(answer)) && answer instanceof Answer.Present present) {
                Async.giveBack(present.kept()); // the caller gave up at the moment of success
            }
        });
        Async.whenDone(result, (ignored, failure) -> presence.context.run(presence::giveUp));
        presence.context.run(() -> presence.begin(patience));
        return result;
    }

    /**
     * Returns what the key of a presence holds.
     *
     * @param number of the presence
     * @param content what others are to know
     * @return the value
     * @throws IllegalArgumentException if it is too large
     */
    public static Value framed(long number, Value content) {
        ByteBuffer frame = ByteBuffer.allocate(Long.BYTES + content.size());
        frame.putLong(number).put(content.asByteBuffer());
        return Value.of(frame.array());
    }

    /**
     * Returns what others are to know.
     *
     * @param framed what the key of a presence holds
     * @return the content
     * @throws IllegalArgumentException if it is the value of no presence
     */
    public static Value content(Value framed) {
        if (framed.size() < Long.BYTES) {
            throw new IllegalArgumentException("a value of " + framed.size() + " bytes; a presence has 8 at least");
        }
        ByteBuffer bytes = framed.asByteBuffer().position(Long.BYTES);
        byte[] content = new byte[bytes.remaining()];
        bytes.get(content);
        return Value.of(content);
    }

    private void begin(Duration patience) {
        if (!patience.isZero() && !patience.isNegative()) {
            timeout = coord.scheduler().schedule(patience, () -> context.run(this::timedOut));
        }
        attempt();
    }

    private void attempt() {
        isOut = true;
        Async.run(
                () -> coord.kv()
                        .txn()
                        .when(Guard.absent(key))
                        .then(Op.put(key, value).withLease(session.id()))
                        .otherwise(Op.get(key))
                        .commitAsync(),
                (result, failure) -> context.run(() -> {
                    isOut = false;
                    if (result == null) {
                        failed(requireNonNull(failure));
                    } else {
                        answered(result);
                    }
                }));
    }

    private void answered(TxnResult result) {
        if (result.succeeded()) {
            KeptKey kept = new KeptKey(coord, key, result.revision(), new Stretch(coord, Terms.PLAIN));
            present(kept);
            return;
        }
        Entry found = requireNonNull(((OpResult.Get) result.results().get(0)).found());
        taken = found;
        if (!over && timeout == null) {
            finish(new Answer.Taken(found));
        } else if (!over) {
            awaitEnd(result.revision());
        }
    }

    private void present(KeptKey holding) {
        if (over) {
            Async.giveBack(holding);
            return;
        }
        try {
            holding.open();
            finish(new Answer.Present(holding, value.asByteBuffer().getLong()));
        } catch (CoordException e) {
            Async.giveBack(holding);
            fail(e);
        }
    }

    private void failed(Throwable failure) {
        boolean unknown = !(failure instanceof CoordException error) || error.outcome() == Outcome.UNKNOWN;
        if (unknown && !Removal.endsSession(failure)) {
            withdraw();
        }
        if (over) {
            return;
        }
        fail(
                unknown && failure instanceof CoordException && !Removal.endsSession(failure)
                        ? new UnavailableException("no answer in time for " + key + "; nothing is held", failure)
                        : failure);
    }

    /** Undoes what was perhaps done, for as long as it takes. */
    private void withdraw() {
        Guard mine = Guard.compare(KeyRange.key(key), Guard.Target.LEASE, Guard.Relation.EQUAL, session.id());
        Async.run(
                () -> coord.kv()
                        .txn()
                        .when(mine, Guard.valueIs(key, value))
                        .then(Op.delete(key))
                        .commitAsync(),
                (done, failure) -> {
                    if (failure != null
                            && !Removal.endsSession(failure)
                            && !session.expired().isDone()) {
                        coord.scheduler().schedule(Removal.RETRY, () -> Async.callBack(coord, this::withdraw));
                    }
                });
    }

    private void awaitEnd(long seenAt) {
        WatchSpec spec = WatchSpec.of(KeyRange.key(key)).from(seenAt + 1).deletesOnly();
        watch = coord.watch(spec.resyncing(), new EndListener());
    }

    private void freed() {
        if (!over && !isOut) {
            stopWaiting();
            attempt();
        }
    }

    private void timedOut() {
        Entry by = taken;
        if (over || isOut) {
            timeout = null; // the answer that is under way decides
        } else if (by != null) {
            finish(new Answer.Taken(by));
        }
    }

    private void giveUp() {
        if (!over) {
            end();
        }
    }

    private void fail(Throwable failure) {
        if (!over) {
            end();
            Async.callBack(coord, () -> outcome.completeExceptionally(failure));
        }
    }

    private void finish(Answer answer) {
        end();
        Async.callBack(coord, () -> outcome.complete(answer));
    }

    private void end() {
        over = true;
        stopWaiting();
        if (timeout != null) {
            timeout.cancel();
        }
    }

    private void stopWaiting() {
        Watch waiting = watch;
        watch = null;
        if (waiting != null) {
            waiting.close();
        }
    }

    private final class EndListener implements WatchListener {

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            context.run(Presence.this::freed);
        }

        @Override
        public void onResync(RangeResult state) {
            context.run(Presence.this::freed);
        }

        @Override
        public void onEnd(CoordException cause) {
            context.run(() -> fail(cause));
        }
    }
}
