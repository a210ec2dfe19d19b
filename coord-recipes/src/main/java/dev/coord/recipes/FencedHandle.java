package dev.coord.recipes;

import dev.coord.kv.Guard;
import dev.coord.time.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Something held exclusively that can be lost: a lock or a leadership. It belongs to whoever has the handle; any thread
 * may use it.
 *
 * <p>No holder can be sure <em>while it writes</em> that it still holds: a pause of the JVM between the question and the
 * write undoes the answer. So ask {@link #isValid()} to stop early, and rely on the {@link #guard()} for what is written
 * in Coord and on the {@link #fencingToken()} for what is written elsewhere. The token is Chubby's sequencer (Burrows,
 * OSDI 2006); the check outside is Kleppmann's (<i>How to do distributed locking</i>, 2016).
 *
 * <p>A handle is lost for good when the session's validity has lapsed once, when its key was deleted by anyone, or when
 * it was closed. It never becomes valid again, even if the session recovers. Before a lapse it is usually suspended for
 * a while ({@link HandleState}): then what is under way may go on, and what takes long should not be begun.
 */
public interface FencedHandle extends AutoCloseable {

    /**
     * Tells whether this handle is certain to hold at this moment. Local; never waits; costs nanoseconds.
     *
     * @return false from the moment of loss on, and while what is held is being handed over to somebody, if it can be; a
     *     deletion of the key by someone else is noticed when its event arrives
     */
    boolean isValid();

    /**
     * Tells how safe it is to rely on this handle at this moment: more than {@link #isValid()} does, as it warns before
     * the loss. Local; never waits; costs nanoseconds.
     *
     * @return {@link HandleState#HELD}; {@link HandleState#SUSPENDED} once a keep-alive of the session is overdue, that is
     *     when less than half of the session's {@linkplain dev.coord.lease.Session#validity() validity} is left; {@link HandleState#LOST} for good from the loss on
     */
    HandleState state();

    /**
     * Has a listener told of the {@linkplain #state() state}: first of that of the moment, then of each change, last of
     * {@link HandleState#LOST}. It is called on the peer's callback threads, one call at a time. If it blocks it delays
     * only itself, and is not told of what came and went meanwhile; what it throws goes to those threads' handler and
     * changes nothing.
     *
     * <p>Suspended and held are told by a timer, within a twentieth of the session's validity. A loss that comes all at
     * once, as after a pause of the JVM or by a deletion of the key, is told without a suspension before it. There are no
     * timers as long as nobody listens.
     *
     * @param listener who is told, until the loss
     * @throws IllegalStateException if this handle has a thousand listeners
     */
    void onStateChange(Consumer<HandleState> listener);

    /**
     * Returns until when this handle is certain to hold, as far as is known now: the validity of the session. Local;
     * never waits.
     *
     * @return a moment that later keep-alives move on; a past one once the handle is lost
     */
    Deadline validUntil();

    /**
     * Returns the number of this grant: the revision that created the holder's key. Later grants of the same lock or
     * election have greater tokens. A resource outside Coord stores the greatest token it has seen and refuses smaller
     * ones; a token that nobody checks protects nothing.
     *
     * @return the token, positive; the same at each call, also after the loss
     */
    long fencingToken();

    /**
     * Returns the condition "while I still hold this", for {@link dev.coord.kv.Txn#when}. It is decided in the store,
     * in the order of the log, so it holds without regard to clocks and pauses.
     *
     * @return the guard, the same at each call; it can no longer hold once the key is gone
     */
    Guard guard();

    /**
     * Returns the loss signal. When the session lapses, it is given before the store can grant to anyone else.
     * Dependents run on the peer's callback threads.
     *
     * @return a future that completes normally once the handle is lost or closed; the same at each call
     */
    CompletableFuture<Void> lost();

    /**
     * Gives up what is held, without waiting. The handle is invalid when this returns; then the key is deleted, in the
     * background and for as long as it takes, until the store has done so or the session has ended. It never deletes
     * another holder's key. Safe to repeat.
     *
     * @return a future that completes normally when the store has let go
     */
    CompletableFuture<Void> closeAsync();

    /**
     * Gives up what is held as {@link #closeAsync()} does, and waits until the store has let go, or until the session's
     * validity has lapsed if the store cannot be reached. An interrupt ends the waiting only, and is kept.
     */
    @Override
    void close();
}
