package dev.coord.recipes.internal;

import dev.coord.FencedException;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Value;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How much of a readers-writers queue one of its holders has, which it can change while it holds.
 *
 * <pre>
 *            raise                     alone
 *  READING ---------> RAISING ----------------------> WRITING     (a writer is granted as WRITING)
 *     ^                  | patience over, cancelled,     |
 *     |                  v outcome unknown               | lower
 *     +-------------- LOWERING <-------------------------+
 *       the store has it
 * </pre>
 *
 * <p>A reader has one permit, a writer all. One who raises has more than all, so that nobody comes in while the other readers
 * leave; once the store has found it alone, it is a writer, with more than all again. That nobody raises while another does is
 * a guard: all holders have one permit.
 *
 * <p>The values of the holders' keys begin with these numbers, which were chosen to sort, as text, in this order: a reader,
 * one who raises, who has become a writer by its third upgrade, by its second, by its first, who was granted as a writer. So a
 * guard tells each time of writing from what comes after it, though the key stays the same: what was written too late is
 * refused, also when the same holder writes again by then.
 *
 * <p>The token of a writer is the revision that made it one, so that writers' tokens grow in the order of their turns.
 *
 * <p>To lower never fails. It is repeated until the store has it or the place is lost; another raise waits for that.
 */
public final class Grip {
    /** How much there is, which a writer has. */
    public static final int ALL = 900_000_000;

    /** What a writer to be has while readers are in. */
    static final int RAISING = 1_000_000_000;

    private static final int LAST_UPGRADE = 2_000_000_000;
    private static final int FIRST_UPGRADE = Integer.MAX_VALUE;

    private static final Value AFTER_READERS = Value.of("1 ~");

    private enum Level {
        READING,
        RAISING,
        WRITING,
        LOWERING
    }

    /**
     * What came of a raise.
     *
     * @param answer in a word
     * @param token the writer's token; 0 if it was not raised
     * @param permits what the writer has
     */
    public record Raised(Answer answer, long token, int permits) {}

    /** How a raise ends. */
    public enum Answer {
        /** The holder is alone, and has all. */
        RAISED,
        /** Other readers stayed for as long as it waited. */
        OTHERS_STAYED,
        /** Another reader is about to have all. */
        ANOTHER_RAISES
    }

    private final Holding holding;
    private final AtomicReference<Level> level;
    private final AtomicInteger nextUpgrade = new AtomicInteger(FIRST_UPGRADE);
    private volatile CompletableFuture<Void> lowered = CompletableFuture.completedFuture(null);

    /**
     * Creates the grip of a place that was just granted.
     *
     * @param holding the place
     * @param writing whether it was granted with all permits
     */
    public Grip(Holding holding, boolean writing) {
        this.holding = holding;
        this.level = new AtomicReference<>(writing ? Level.WRITING : Level.READING);
    }

    /**
     * Returns the place.
     *
     * @return the place
     */
    public Holding holding() {
        return holding;
    }

    /**
     * Returns the condition that this holder is a writer, for the time for which it has so many permits.
     *
     * @param permits {@link #ALL}, or what a raise gave
     * @return the guard
     */
    public Guard writing(int permits) {
        return Guard.compareValue(
                KeyRange.key(holding.key()), Guard.Relation.GREATER, Value.of(Integer.toString(permits)));
    }

    /**
     * Tells whether a holder is a writer.
     *
     * @param permits what it has
     * @return false if it reads, or is about to write
     */
    public static boolean isWriter(int permits) {
        return permits == ALL || permits >= LAST_UPGRADE;
    }

    /** What the next upgrade makes of this holder. */
    int nextUpgrade() {
        int next = nextUpgrade.getAndDecrement();
        if (next < LAST_UPGRADE) {
            throw new IllegalStateException(holding + " was upgraded too often; acquire it anew");
        }
        return next;
    }

    /** The condition that every holder reads. */
    static Guard allRead(QueuePath queue) {
        return Guard.compareValue(queue.holders(), Guard.Relation.LESS, AFTER_READERS);
    }

    /**
     * Raises a reader to a writer.
     *
     * @param <T> the recipe's view
     * @param patience how long to keep newcomers out and wait for other readers to leave; if not positive, there must be none
     * @param view makes the recipe's view of the answer
     * @param undo gives that back, if the raise was given up at that moment
     * @return the answer; to complete or cancel the future is to give it up. Fails with {@link dev.coord.FencedException} if
     *     the place is lost, with {@link dev.coord.UnavailableException} if the store does not answer; then the holder reads
     * @throws IllegalStateException if it is about to write, or writes
     */
    public <T> CompletableFuture<T> raise(Duration patience, Function<Raised, T> view, Consumer<T> undo) {
        if (!level.compareAndSet(Level.READING, Level.RAISING) && !level.compareAndSet(Level.LOWERING, Level.RAISING)) {
            throw new IllegalStateException(
                    holding + " is being upgraded already, or was: use the handle that the upgrade gave");
        }
        return new Raise<>(this, view, undo).start(patience, lowered);
    }

    /** What came of the raise. Called once by each. */
    void raised(Answer answer, boolean perhapsWritten) {
        if (answer == Answer.RAISED) {
            level.set(Level.WRITING);
        } else if (perhapsWritten) {
            lower();
        } else {
            level.set(Level.READING);
        }
    }

    /**
     * Goes back to reading, in the background.
     *
     * @return completes when the store has it, or the place is lost
     */
    public CompletableFuture<Void> lower() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        lowered = done;
        level.set(Level.LOWERING);
        attempt(done);
        // A closed peer has no timers: what is to be repeated would never be.
        Async.onSignal(holding.lost(), done, () -> done.complete(null));
        return done;
    }

    /** Any other failure passes: also that too much is in flight at this moment. */
    private static boolean isLost(@Nullable Throwable failure) {
        return failure instanceof FencedException || (failure != null && Removal.endsSession(failure));
    }

    private void attempt(CompletableFuture<Void> done) {
        Async.run(() -> holding.update(ask -> ask.withPermits(1)), (changed, failure) -> {
            if (changed != null || isLost(failure)) {
                level.compareAndSet(Level.LOWERING, Level.READING);
                Async.callBack(holding.coord(), () -> done.complete(null));
            } else {
                // Not on the timer's thread: to send may wait for the log.
                holding.coord()
                        .scheduler()
                        .schedule(Removal.RETRY, () -> Async.callBack(holding.coord(), () -> attempt(done)));
            }
        });
    }
}
