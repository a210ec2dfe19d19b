package dev.coord.recipes.assignment;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.IndeterminateException;
import dev.coord.LimitExceededException;
import dev.coord.SessionExpiredException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.assignment.AssignmentView.Touched;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.SerialContext;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The inside of a participant: what it sees, and what its parts share. Everything happens in one serial context.
 *
 * <p>The parts: {@link Belonging} to the group, {@link Owning} partitions, {@link Leading}.
 */
final class Participation {
    static final Duration RETRY = Duration.ofMillis(100);

    private final Coord coord;
    private final AssignmentPath path;
    private final Settings settings;
    private final String name;
    private final String incarnation;
    private final AssignmentListener listener;
    private final ListenerCalls calls;
    private final SerialContext context = new SerialContext(this::end);
    private final CompletableFuture<Participant> joined = new CompletableFuture<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final CompletableFuture<Void> outcome = new CompletableFuture<>();
    private final Belonging belonging;
    private final Owning owning;
    private final Leading leading;
    private final AssignmentView view;

    private volatile Phase phase = Phase.OPENING;
    private @Nullable RuntimeException cause;
    private @Nullable Watch watch;

    /** How far it has come. */
    private enum Phase {
        OPENING,
        WAITING,
        MEMBER,
        LEAVING,
        ENDED
    }

    Participation(Coord coord, AssignmentPath path, Settings settings, String name, AssignmentListener listener) {
        this.coord = coord;
        this.path = path;
        this.settings = settings;
        this.name = name;
        this.listener = listener;
        this.calls = new ListenerCalls(coord);
        this.view = new AssignmentView(path);
        this.incarnation = Long.toHexString(coord.session().id()) + "-"
                + Long.toHexString(coord.session().nextNumber());
        this.belonging = new Belonging(this);
        this.owning = new Owning(this);
        this.leading = new Leading(this);
    }

    CompletableFuture<Participant> start() {
        Async.whenDone(joined, (participant, failure) -> {
            if (joined.isCancelled()) {
                leave(); // given up by the caller
            }
        });
        context.run(this::read);
        Async.onSignal(coord.session().expired(), over, () -> context.run(this::sessionEnded));
        return joined;
    }

    // ---- what the parts share

    Coord coord() {
        return coord;
    }

    AssignmentPath path() {
        return path;
    }

    Settings settings() {
        return settings;
    }

    String name() {
        return name;
    }

    /** Tells this apart from whoever had the name before. */
    String incarnation() {
        return incarnation;
    }

    AssignmentListener listener() {
        return listener;
    }

    ListenerCalls calls() {
        return calls;
    }

    AssignmentView view() {
        return view;
    }

    Owning owning() {
        return owning;
    }

    Leading leading() {
        return leading;
    }

    /** Completes after the end, however it came, when nothing of this is in the store any more. */
    CompletableFuture<Void> over() {
        return over;
    }

    /** As {@link #over}, but fails if the end was not asked for. */
    CompletableFuture<Void> outcome() {
        return outcome;
    }

    boolean isWaiting() {
        return phase == Phase.WAITING;
    }

    boolean isMember() {
        return phase == Phase.MEMBER;
    }

    boolean isLeaving() {
        return phase == Phase.LEAVING;
    }

    boolean isOver() {
        return phase == Phase.ENDED;
    }

    /** While the member's key is that of this participation. */
    Guard registrationGuard() {
        return belonging.guard();
    }

    void run(Runnable task) {
        context.run(task);
    }

    /** Runs something a little later, unless all is over then. */
    void later(Runnable task) {
        later(RETRY, task);
    }

    void later(Duration delay, Runnable task) {
        // Not on the timer's thread: to send may wait for the log.
        coord.scheduler()
                .schedule(
                        delay,
                        () -> Async.callBack(
                                coord,
                                () -> context.run(() -> {
                                    if (!isOver()) {
                                        task.run();
                                    }
                                })));
    }

    /**
     * Starts an operation and goes on with its result, unless all is over then.
     *
     * @param again what to do a little later if it failed for reasons that pass; if for others, all is over
     */
    <T> void attempt(Supplier<CompletableFuture<T>> operation, Runnable again, Consumer<T> next) {
        Async.run(
                operation,
                (result, failure) -> context.run(() -> {
                    if (isOver()) {
                        return;
                    }
                    if (result != null) {
                        next.accept(result);
                    } else if (failure instanceof UnavailableException
                            || failure instanceof IndeterminateException
                            || failure instanceof LimitExceededException) {
                        later(again);
                    } else {
                        end(failure);
                    }
                }));
    }

    // ---- seeing

    private void read() {
        RangeQuery everything = RangeQuery.of(path.all());
        // Not what this peer knows: members that have left by now would have others refused.
        attempt(() -> coord.kv().rangeAsync(everything, Consistency.linearizable()), this::read, this::open);
    }

    private void open(RangeResult state) {
        if (phase == Phase.OPENING) {
            phase = Phase.WAITING;
            WatchSpec spec = WatchSpec.of(path.all()).from(state.revision() + 1);
            watch = coord.watch(spec.resyncing(), new Eyes());
            advance(state);
        }
    }

    /** Takes in a state that may be ahead of what the watch has told. */
    void advance(RangeResult state) {
        changed(view.reset(state));
    }

    private void changed(Touched touched) {
        if (isOver()) {
            return;
        }
        belonging.look();
        touched.partitions().forEach(owning::look);
        if (touched.membersOrTargets()) {
            leading.changed();
        } else {
            leading.moved();
        }
    }

    /** The participant is a member now. */
    void enter() {
        phase = Phase.MEMBER;
        Participant participant = new Participant(this);
        Async.callBack(coord, () -> {
            if (!joined.complete(participant)) {
                leave(); // the caller gave up just now
            }
        });
        belonging.look();
        view.targets().keySet().forEach(owning::look);
        leading.campaign();
    }

    // ---- going

    /** Leaves in the orderly way; returns at once. */
    void leave() {
        context.run(() -> leave(null));
    }

    /**
     * Leaves in the orderly way.
     *
     * @param reason why, if it was not asked for
     */
    void leave(@Nullable RuntimeException reason) {
        if (isLeaving() || isOver()) {
            return;
        }
        boolean wasMember = isMember();
        cause = reason;
        phase = Phase.LEAVING;
        leading.stop();
        owning.releaseAll();
        belonging.leave(wasMember);
    }

    /** Goes on with leaving, if everything is given back. */
    void departIfDone() {
        if (isLeaving() && owning.isReleased() && leading.isStopped()) {
            belonging.depart();
        }
    }

    void sessionEnded() {
        end(new SessionExpiredException(
                Outcome.NOT_APPLIED,
                "session " + coord.session().id() + " has ended, and with it the membership of " + name + " at "
                        + path.path() + "; open a new one and join again"));
    }

    /**
     * All is over: the session has ended or the handle is closed, or leaving is done; or something has failed that does not
     * pass. What is still in the store then goes in the background.
     */
    void end(@Nullable Throwable failure) {
        if (isOver()) {
            return;
        }
        Throwable why = isLeaving() ? cause : failure;
        phase = Phase.ENDED;
        if (watch != null) {
            watch.close();
        }
        leading.stop();
        CompletableFuture<Void> gone = CompletableFuture.allOf(owning.abandon(), belonging.abandon());
        Async.whenDone(gone, (done, late) -> Async.callBack(coord, () -> over.complete(null)));
        Async.callBack(coord, () -> {
            joined.completeExceptionally(why == null ? new CancellationException() : why);
            if (why == null) {
                outcome.complete(null);
            } else {
                outcome.completeExceptionally(why);
            }
        });
    }

    private final class Eyes implements WatchListener {

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            context.run(() -> changed(view.apply(revision, events)));
        }

        @Override
        public void onResync(RangeResult state) {
            context.run(() -> advance(state));
        }

        @Override
        public void onEnd(CoordException reason) {
            context.run(() -> end(reason));
        }
    }
}
