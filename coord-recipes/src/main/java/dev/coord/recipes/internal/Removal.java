package dev.coord.recipes.internal;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.LeaseExpiredException;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.Txn;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Deletes a waiter's key, trying until it is gone: as long as the session lives, a key left behind would block the
 * queue. When the session ends the store deletes the key itself.
 */
public final class Removal {
    /** How long after a failure it is tried again. */
    public static final Duration RETRY = Duration.ofMillis(100);

    private final Coord coord;
    private final Supplier<Txn> removing;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    private Removal(Coord coord, Supplier<Txn> removing) {
        this.coord = coord;
        this.removing = removing;
    }

    /**
     * Starts a removal. The session's order of operations puts it behind a write of the key that is still on its way.
     *
     * @param coord the handle whose session the key is attached to
     * @param key the key
     * @param token the key's create revision, or 0 if that was never learnt; the name alone is unique, too
     * @return completes when the key is gone
     */
    public static CompletableFuture<Void> start(Coord coord, String key, long token) {
        return start(coord, () -> {
            Txn txn = coord.kv().txn().then(Op.delete(key));
            return token == 0 ? txn : txn.when(Guard.createRevisionIs(key, token));
        });
    }

    /**
     * Starts a removal that takes more than to delete one key.
     *
     * @param coord the handle whose session owns what is to be removed
     * @param removing makes the transaction, which does no harm if committed twice
     * @return completes when the store has answered it, or the session has ended
     */
    public static CompletableFuture<Void> start(Coord coord, Supplier<Txn> removing) {
        Removal removal = new Removal(coord, removing);
        removal.attempt();
        // A closed peer has no timers: with its sessions nothing is left to be removed.
        Async.onSignal(coord.session().expired(), removal.done, () -> removal.done.complete(null));
        return removal.done;
    }

    private void attempt() {
        Async.run(() -> removing.get().commitAsync(), (result, failure) -> finish(failure));
    }

    private void finish(@Nullable Throwable failure) {
        if (failure == null || endsSession(failure) || coord.session().expired().isDone()) {
            Async.callBack(coord, () -> done.complete(null));
        } else {
            // Not on the timer's thread: to send may wait for the log.
            coord.scheduler().schedule(RETRY, () -> Async.callBack(coord, this::attempt));
        }
    }

    /**
     * Tells whether a failure means that the session, and with it every key attached to it, has ended.
     *
     * @param failure what an operation failed with
     * @return true if nothing is left to be removed
     */
    public static boolean endsSession(Throwable failure) {
        return failure instanceof SessionExpiredException
                || failure instanceof LeaseExpiredException
                || failure instanceof ClosedException;
    }
}
