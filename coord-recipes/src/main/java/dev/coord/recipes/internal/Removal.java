package dev.coord.recipes.internal;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.Txn;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes a claim's keys out of the store, trying until they are gone: as long as the session lives, a key left behind would
 * block the queue. When the session ends the store deletes them itself.
 */
public final class Removal {
    /** How long after a failure it is tried again. */
    public static final Duration RETRY = Duration.ofMillis(100);

    private final Coord coord;
    private final Supplier<Txn> again;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    private Removal(Coord coord, Supplier<Txn> again) {
        this.coord = coord;
        this.again = again;
    }

    /**
     * Starts a removal. The session's order of operations puts it behind a write of the keys that is still on its way.
     *
     * @param coord the handle whose session owns what is to be removed
     * @param first makes the first attempt, which may do more than remove
     * @param again makes the others
     * @return completes when the keys are gone
     */
    public static CompletableFuture<Void> start(Coord coord, Supplier<Txn> first, Supplier<Txn> again) {
        Removal removal = new Removal(coord, again);
        removal.attempt(first);
        // A closed peer has no timers: with its sessions nothing is left to be removed.
        Async.onSignal(coord.session().expired(), removal.done, () -> removal.done.complete(null));
        return removal.done;
    }

    /**
     * Starts a removal of one key.
     *
     * @param coord the handle whose session the key is attached to
     * @param key the key
     * @param token the key's create revision
     * @return completes when the key is gone
     */
    public static CompletableFuture<Void> start(Coord coord, String key, long token) {
        return start(
                coord,
                () -> coord.kv().txn().when(Guard.createRevisionIs(key, token)).then(Op.delete(key)));
    }

    /**
     * Starts a removal whose attempts are all the same.
     *
     * @param coord the handle whose session owns what is to be removed
     * @param removal makes an attempt, which does no harm if committed twice
     * @return completes when the store has answered it, or the session has ended
     */
    public static CompletableFuture<Void> start(Coord coord, Supplier<Txn> removal) {
        return start(coord, removal, removal);
    }

    private void attempt(Supplier<Txn> removal) {
        Async.run(() -> removal.get().commitAsync(), (result, failure) -> finish(failure));
    }

    private void finish(@Nullable Throwable failure) {
        // The end of another lease, of somebody who was to be promoted, is none of ours: that has to wait, this must
        // not.
        if (failure == null || endsSession(failure) || coord.session().expired().isDone()) {
            Async.callBack(coord, () -> done.complete(null));
        } else {
            // Not on the timer's thread: to send may wait for the log.
            coord.scheduler().schedule(RETRY, () -> Async.callBack(coord, () -> attempt(again)));
        }
    }

    /**
     * Tells whether a failure means that the session, and with it every key attached to it, has ended.
     *
     * @param failure what an operation failed with
     * @return true if nothing is left to be removed
     */
    public static boolean endsSession(Throwable failure) {
        return failure instanceof SessionExpiredException || failure instanceof ClosedException;
    }
}
