package dev.coord.recipes.election;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.Async;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A candidate that runs a task whenever it leads, on the thread that runs the loop, and resigns when the task is done. Used
 * once.
 *
 * <p>When the leadership is lost, and when the loop is closed, the thread is interrupted; a task that waits by way of Coord,
 * or blocks otherwise, so ends with an {@link InterruptedException}, and one that only computes should look at
 * {@link Leadership#isValid()}. An interrupt for these reasons never reaches the thread after the task has ended: what
 * the task did not notice is taken back. Interrupts by others end the loop. That a task goes on for a moment after the loss
 * cannot be helped: the guard and the term make its writes harmless.
 *
 * <p><b>What it costs</b> is what campaigns cost: see {@link LeaderElection}.
 */
public final class LeaderLoop implements AutoCloseable {
    private final LeaderElection election;
    private final String candidate;
    private final LeadershipTask task;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicLong runs = new AtomicLong();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private volatile boolean isRequeueing;

    private LeaderLoop(LeaderElection election, String candidate, LeadershipTask task) {
        this.election = election;
        this.candidate = candidate;
        this.task = task;
    }

    /**
     * Returns a loop that has not begun, and runs the task once.
     *
     * @param election in which to stand, and with which priority
     * @param candidate what others are to be told of it, such as its address
     * @param task what to do while leading
     * @return the loop
     * @throws IllegalArgumentException if the words are too long
     */
    public static LeaderLoop of(LeaderElection election, String candidate, LeadershipTask task) {
        requireNonNull(election, "election");
        Ask.of(1, requireNonNull(candidate, "candidate"));
        return new LeaderLoop(election, candidate, requireNonNull(task, "task"));
    }

    /**
     * Makes it stand again after each run, behind those who stand already, whether the task returned or the leadership was
     * lost; until it is closed, its session ends or the task throws.
     *
     * @return this
     * @throws IllegalStateException if it has begun
     */
    public LeaderLoop requeueing() {
        if (begun.get()) {
            throw new IllegalStateException("a loop that has begun; say before whether it is to stand again");
        }
        isRequeueing = true;
        return this;
    }

    /**
     * Stands, waits until elected, runs the task and resigns, on this thread; again if it is to. Returns when that is done, or
     * when the loop was closed.
     *
     * @throws InterruptedException if interrupted by others; then the candidate is withdrawn, or has resigned
     * @throws IllegalStateException if it has begun before
     * @throws dev.coord.CoordException as a campaign does
     * @throws RuntimeException what the task threw, after it has resigned
     */
    public void run() throws InterruptedException {
        boolean ignored = runToEnd();
    }

    /** Tells whether the last run ended by itself. */
    boolean runToEnd() throws InterruptedException {
        begin();
        boolean byItself = false;
        while (!stopped.isDone()) {
            Leadership leadership = elected();
            if (leadership == null) {
                return false;
            }
            byItself = lead(leadership);
            if (!isRequeueing) {
                break;
            }
        }
        return byItself;
    }

    /**
     * Runs the loop on a thread of the executor, which it has for as long as it goes on, waiting included.
     *
     * @param executor has a thread to spare; if it interrupts that, the loop ends
     * @return completes when {@link #run()} has returned; fails with what it threw
     * @throws IllegalStateException if it has begun before
     * @throws RejectedExecutionException if the executor refuses
     */
    public CompletableFuture<Void> start(Executor executor) {
        requireNonNull(executor, "executor");
        if (begun.get()) {
            throw alreadyBegun();
        }
        CompletableFuture<Void> ended = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                run();
                ended.complete(null);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                ended.completeExceptionally(e);
            } catch (RuntimeException | Error e) {
                ended.completeExceptionally(e);
            }
        });
        return ended;
    }

    /**
     * Returns how many times the task was begun.
     *
     * @return the number
     */
    public long runs() {
        return runs.get();
    }

    /**
     * Ends the loop, without waiting: interrupts a task in progress, withdraws a candidate that waits. Safe to repeat, and
     * for the task itself to call.
     */
    @Override
    public void close() {
        stopped.complete(null);
    }

    private void begin() {
        if (!begun.compareAndSet(false, true)) {
            throw alreadyBegun();
        }
    }

    private static IllegalStateException alreadyBegun() {
        return new IllegalStateException("a loop is run once; make another");
    }

    /** Waits to be elected; null if the loop was closed before. */
    private @Nullable Leadership elected() throws InterruptedException {
        Async.refuseIfInterrupted();
        CompletableFuture<Leadership> campaign = election.campaignAsync(candidate);
        Async.onSignal(stopped, Async.done(campaign), () -> campaign.cancel(false));
        try {
            Leadership won = Async.awaitHeld(election.coord(), campaign);
            if (!stopped.isDone()) {
                return won;
            }
            Async.giveBack(won);
        } catch (CancellationException e) {
            // By the close.
        }
        return null;
    }

    /** Runs the task; false if it was interrupted from here, which is no failure. */
    private boolean lead(Leadership leadership) throws InterruptedException {
        runs.incrementAndGet();
        Interruption interruption = new Interruption();
        CompletableFuture<Void> over = new CompletableFuture<>();
        Async.onSignal(leadership.lost(), over, interruption::give);
        Async.onSignal(stopped, over, interruption::give);
        try {
            task.lead(leadership);
        } catch (InterruptedException e) {
            if (!interruption.end()) {
                throw e;
            }
        } finally {
            interruption.end();
            over.complete(null);
            leadership.close();
        }
        return !interruption.end();
    }
}
