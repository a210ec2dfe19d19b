package dev.coord.testkit.internal.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All scripts, and how whoever waits does so: a script hands back its turn, the test's thread moves time on. */
final class Scripts implements Waits {
    /** How much of its time a simulation takes for one blocking call before it calls that one lost. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    /** A script that is told to end may wait for a few things more, and no longer. */
    private static final int LAST_WAITS = 10_000;

    private final SimTime time;
    private final Supplier<String> down;
    private final List<Script> live = new ArrayList<>();
    private int started;
    private boolean closed;

    /** With the words in which a failure tells who does not run. */
    Scripts(SimTime time, Supplier<String> down) {
        this.time = time;
        this.down = down;
    }

    <T> CompletableFuture<T> start(Machine machine, Callable<T> code) {
        time.checkTurn();
        CompletableFuture<T> result = new CompletableFuture<>();
        Script script = new Script(time, machine, "coord-sim-" + machine.id() + "-script-" + ++started, code, result);
        live.removeIf(Script::isFinished);
        live.add(script);
        machine.callbacks().execute(script::begin);
        return result;
    }

    /** The script that calls this, null if it is not one. */
    @Nullable
    Script current() {
        time.checkTurn();
        Thread thread = Thread.currentThread();
        for (Script script : live) {
            if (script.thread() == thread) {
                return script;
            }
        }
        return null;
    }

    @Override
    public void await(CompletableFuture<?> future) throws InterruptedException {
        Script script = current();
        if (script != null) {
            script.await(future);
            return;
        }
        checkMayWait();
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        moveUntil(future);
    }

    private void moveUntil(CompletableFuture<?> future) {
        long end = SimTime.saturatedSum(time.nanos(), PATIENCE.toNanos());
        Thread before = time.takeTurn();
        try {
            while (!future.isDone()) {
                if (!time.step(end)) {
                    throw new AssertionError("a blocking call was not done within " + PATIENCE
                            + " of simulated time: its peer may be paused, or what it waits for never comes"
                            + down.get());
                }
            }
        } finally {
            time.giveTurn(before);
        }
    }

    /** Refuses whoever would hold up the only thread there is. */
    void checkMayWait() {
        if (closed) {
            throw new IllegalStateException("the simulated cluster is closed");
        }
        if (time.isStepping()) {
            throw new IllegalStateException(
                    "a blocking call in a callback, timer or check of a simulated cluster, which"
                            + " has one thread: use the async form there, or run the code with SimulatedCluster.run");
        }
    }

    /** The machine has crashed: what its scripts wait for fails, unless it is done. */
    void crashed(Machine machine) {
        for (Script script : List.copyOf(live)) {
            if (script.machine() == machine && !script.isFinished()) {
                machine.callbacks().execute(script::goOn);
            }
        }
    }

    void close() {
        closed = true;
        live.forEach(Script::end);
        for (Script script : live) {
            for (int i = 0; i < LAST_WAITS && !script.isFinished(); i++) {
                script.goOn();
            }
            if (!script.isFinished()) {
                throw new AssertionError(script.thread().getName() + " goes on though its waits fail");
            }
            join(script.thread());
        }
        live.clear();
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
