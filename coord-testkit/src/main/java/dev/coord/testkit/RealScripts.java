package dev.coord.testkit;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Scripts beside real peers: threads of their own, which end with the cluster. Safe for use by any thread. */
final class RealScripts implements AutoCloseable {
    /** For code that takes its time when it is interrupted; the threads are daemons. */
    private static final long LAST_MILLIS = 5_000;

    private final Set<Thread> running = new HashSet<>();
    private int started;
    private boolean closed;

    synchronized <T> CompletableFuture<T> start(String peer, Callable<T> script) {
        if (closed) {
            throw new IllegalStateException("the cluster is closed");
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> run(script, result), "coord-" + peer + "-script-" + ++started);
        thread.setDaemon(true);
        running.add(thread);
        thread.start();
        return result;
    }

    private <T> void run(Callable<T> script, CompletableFuture<T> result) {
        try {
            result.complete(script.call());
        } catch (Throwable e) {
            // A script's own failures, errors included, are its result.
            result.completeExceptionally(e);
        } finally {
            ended(Thread.currentThread());
        }
    }

    private synchronized void ended(Thread thread) {
        running.remove(thread);
    }

    private synchronized List<Thread> end() {
        closed = true;
        running.remove(Thread.currentThread());
        running.forEach(Thread::interrupt);
        return List.copyOf(running);
    }

    @Override
    public void close() {
        try {
            for (Thread thread : end()) {
                thread.join(LAST_MILLIS);
            }
        } catch (InterruptedException e) {
            // They were told to end; whoever closes is in a hurry.
            Thread.currentThread().interrupt();
        }
    }
}
