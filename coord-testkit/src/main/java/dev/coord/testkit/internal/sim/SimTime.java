package dev.coord.testkit.internal.sim;

import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Time that moves when it is told to: what falls due runs on the thread that moves it, in the order of time and then of
 * arrival.
 */
public final class SimTime implements Ticker, Scheduler {
    /** Far beyond every run, and far from overflow. */
    static final long END = Long.MAX_VALUE / 2;

    private final TaskHeap heap = new TaskHeap();

    /** What is due at once, in order of number: most tasks never see the heap. */
    private final ArrayDeque<SimTask> ready = new ArrayDeque<>();

    private final SimTrace trace;
    private long now;
    private long count;
    private long steps;
    private boolean stepping;

    /** Who moves time, or the script that it waits for, while time moves; volatile for those who may not. */
    private volatile @Nullable Thread turn;

    /** What a thread from outside was told, which may be lost there. */
    private volatile @Nullable IllegalStateException refusal;

    private Runnable afterStep = () -> {};
    private @Nullable Throwable failure;

    /** Creates a time that stands at 0. */
    public SimTime(@Nullable Consumer<String> lines) {
        trace = new SimTrace(this, lines);
    }

    @Override
    public long nanos() {
        return now;
    }

    /** What happened so far. */
    public SimTrace trace() {
        return trace;
    }

    /** How many steps were taken. */
    public long steps() {
        return steps;
    }

    /** Whether a step is being taken now. */
    boolean isStepping() {
        return stepping;
    }

    /** Takes the turn for this thread, which will move time; returns who had it, to whom it must be given back. */
    @Nullable
    Thread takeTurn() {
        checkTurn();
        return giveTurn(Thread.currentThread());
    }

    /** Gives the turn to another thread, or to nobody; returns who had it. */
    @Nullable
    Thread giveTurn(@Nullable Thread next) {
        Thread before = turn;
        turn = next;
        return before;
    }

    /**
     * Refuses a thread from outside while time moves: what it does would happen now or a little later, by chance. As it may
     * drop what it is told, the next step fails as well.
     */
    void checkTurn() {
        Thread owner = turn;
        if (owner != null && owner != Thread.currentThread()) {
            IllegalStateException refused = new IllegalStateException(
                    "the thread " + Thread.currentThread().getName()
                            + " is no part of the simulation, whose time is moved by " + owner.getName()
                            + ": have its code called by coord.callbacks(), as in thenRunAsync(code, coord.callbacks()),"
                            + " or run it as a script with cluster.run");
            refusal = refused;
            throw refused;
        }
    }

    /** Sets what is called after every step. */
    public void afterStep(Runnable check) {
        afterStep = check;
    }

    /** Notes that the simulation or the code in it is broken, wherever that is found: the step in progress fails with it. */
    void fail(Throwable error) {
        if (failure == null) {
            failure = error;
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return at(saturatedSum(now, nanosOf(delay)), new SimTask(this, null, SimTask.Kind.WORLD, 0, task));
    }

    /** Schedules something of the world around. */
    void later(long nanos, Runnable task) {
        at(now + nanos, new SimTask(this, null, SimTask.Kind.WORLD, 0, task));
    }

    SimTask at(long nanos, SimTask task) {
        checkTurn();
        task.at = Math.max(now, nanos);
        task.number = count++;
        heap.add(task);
        return task;
    }

    void atOnce(SimTask task) {
        checkTurn();
        task.at = now;
        task.number = count++;
        ready.add(task);
    }

    void cancel(SimTask task) {
        checkTurn();
        heap.remove(task);
    }

    /** Moves the waiting timers of a machine to where its clock, which runs otherwise now, puts them. */
    void retime(Machine machine) {
        List<SimTask> timers = heap.find(task -> task.machine == machine && task.kind == SimTask.Kind.TIMER);
        for (SimTask timer : timers) {
            heap.remove(timer);
            timer.at = machine.globalAt(timer.localAt);
            heap.add(timer);
        }
    }

    /** Takes the next step that is due within the limit, moving time on to it; false if there is none. Needs the turn. */
    public boolean step(long limit) {
        SimTask next;
        do {
            next = poll(limit);
            if (next == null) {
                now = Math.max(now, limit);
                return false;
            }
            now = Math.max(now, next.at);
        } while (next.machine != null && !next.machine.admits(next));
        steps++;
        trace.step(next);
        take(next.run);
        return true;
    }

    /** Runs something as a step of its own, such as a fault. */
    void run(Runnable task) {
        Thread before = takeTurn();
        try {
            take(task);
        } finally {
            giveTurn(before);
        }
    }

    private void take(Runnable task) {
        stepping = true;
        try {
            task.run();
            afterStep.run();
        } finally {
            stepping = false;
        }
        IllegalStateException refused = refusal;
        if (refused != null) {
            // What it may have broken inside is said by this.
            refusal = null;
            failure = null;
            throw new IllegalStateException(refused.getMessage(), refused);
        }
        Throwable broken = failure;
        if (broken != null) {
            failure = null;
            throw new AssertionError("the simulation at " + Duration.ofNanos(now) + ": " + broken, broken);
        }
    }

    private @Nullable SimTask poll(long limit) {
        SimTask first = ready.peek();
        SimTask timed = heap.peek();
        if (timed != null && (first == null || timed.isBefore(first))) {
            if (timed.at > limit) {
                return null;
            }
            heap.remove(timed);
            return timed;
        }
        return ready.poll();
    }

    static long nanosOf(Duration delay) {
        long seconds = delay.toSeconds();
        if (seconds >= END / 2_000_000_000L) {
            return END / 2;
        }
        return seconds < 0 ? 0 : delay.toNanos();
    }

    static long saturatedSum(long first, long second) {
        return Math.min(END, first + second);
    }
}
