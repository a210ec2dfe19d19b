package dev.coord.raft.internal.ratis;

import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Gathers the threads that Ratis begins, and ends those it leaves. */
final class ThreadGroups {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Ticker ticker;

    ThreadGroups(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Calls on a thread of the group, so that the threads begun meanwhile belong to it, and waits whatever happens. */
    <T> T call(ThreadGroup group, Failures.IoCall<T> call) throws IOException {
        FutureTask<T> task = new FutureTask<>(call::call);
        Thread caller = new Thread(group, task, group.getName() + "-open");
        caller.setDaemon(true);
        caller.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException rethrown(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return cause instanceof IOException e ? e : new IOException(cause);
    }

    /** Ends the threads of a group; an interruption of the caller cuts the wait short. */
    void endQuietly(ThreadGroup group) {
        try {
            end(group);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the threads of a group, bounded in time. The group's log is closed: an interrupt can hurt no file. */
    void end(ThreadGroup group) throws InterruptedException {
        Deadline deadline = Deadline.after(ticker, PATIENCE);
        Thread[] alive = new Thread[group.activeCount() + 16];
        int count = group.enumerate(alive);
        for (int i = 0; i < count; i++) {
            alive[i].interrupt();
        }
        for (int i = 0; i < count; i++) {
            long millis = deadline.remaining().toMillis();
            if (millis > 0) {
                alive[i].join(millis);
            }
        }
    }
}
