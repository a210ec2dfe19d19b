package dev.coord.testkit.internal.sim;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A user's blocking code as a process of the simulation. It has a thread, which runs only while the thread of the simulation
 * waits for it: one hands the turn to the other and waits to get it back.
 */
final class Script {
    /** In real time: no step of a script takes so long unless it waits for something outside the simulation. */
    private static final int PATIENCE_SECONDS = 60;

    private final SimTime time;
    private final Machine machine;
    private final String name;
    private final Thread thread;
    private final CompletableFuture<?> result;
    private final Semaphore turn = new Semaphore(0);
    private final Semaphore back = new Semaphore(0);
    private boolean finished;
    private boolean over;
    private long waits;

    <T> Script(SimTime time, Machine machine, String name, Callable<T> code, CompletableFuture<T> result) {
        this.time = time;
        this.machine = machine;
        this.name = name;
        this.result = result;
        this.thread = new Thread(() -> run(code, result), name);
        thread.setDaemon(true);
    }

    Machine machine() {
        return machine;
    }

    Thread thread() {
        return thread;
    }

    boolean isFinished() {
        return finished;
    }

    // ---- on the thread of the simulation

    void begin() {
        if (isEnding()) {
            finished = true;
            result.completeExceptionally(ended());
        } else {
            thread.start();
            giveTurn();
        }
    }

    /** Goes on, if it waits still for what it waited for then. */
    private void goOn(long wait) {
        if (waits == wait && !finished) {
            giveTurn();
        }
    }

    /** Goes on, whatever it waits for. */
    void goOn() {
        if (thread.isAlive()) {
            goOn(waits);
        } else {
            begin();
        }
    }

    /** The simulation is over: whatever the script waits for fails. */
    void end() {
        over = true;
    }

    private void giveTurn() {
        Thread before = time.giveTurn(thread);
        turn.release();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (!back.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                        AssertionError stuck = new AssertionError(
                                name + " waits for something that is not of the simulation; its stack is below");
                        stuck.setStackTrace(thread.getStackTrace());
                        throw stuck;
                    }
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            time.giveTurn(before);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // ---- on its own thread

    private <T> void run(Callable<T> code, CompletableFuture<T> result) {
        turn.acquireUninterruptibly();
        try {
            result.complete(code.call());
        } catch (Throwable e) {
            // A script's own failures, errors included, are its result.
            result.completeExceptionally(e);
        } finally {
            finished = true;
            back.release();
        }
    }

    void await(CompletableFuture<?> future) throws InterruptedException {
        while (!future.isDone()) {
            if (isEnding()) {
                throw ended();
            }
            long wait = ++waits;
            future.whenComplete((done, error) -> machine.callbacks().execute(() -> goOn(wait)));
            back.release();
            turn.acquireUninterruptibly();
        }
    }

    /** Waits in a call that throws nothing checked. */
    void rest(String what, CompletableFuture<?> over) {
        try {
            await(over);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(what + " was ended: " + e.getMessage(), e);
        }
    }

    private InterruptedException ended() {
        return new InterruptedException(
                over ? "the simulation was closed" : "peer " + machine.id() + " of this script has crashed");
    }

    private boolean isEnding() {
        return over || machine.isCrashed();
    }
}
