package dev.coord.raft.internal.ratis;

import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The threads of one Ratis server. Threads inherit the group of the thread that starts them, so a server that is started by
 * a thread of our group has all its threads there, and those it leaves can be told from those of another server.
 */
final class OwnThreads {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final ThreadGroup group;
    private final Ticker ticker;

    OwnThreads(String name, Ticker ticker) {
        group = new ThreadGroup(name);
        this.ticker = ticker;
    }

    ThreadGroup group() {
        return group;
    }

    /** Runs a call on a thread of the group, and waits for it. */
    <T> T call(Failures.IoCall<T> call) throws IOException {
        try {
            return start(call).join();
        } catch (CompletionException e) {
            throw Failures.asIo(e);
        }
    }

    /** Like {@link #call}, but fails when it takes too long. */
    <T> T call(Failures.IoCall<T> call, Duration limit) throws IOException, InterruptedException {
        try {
            return start(call).get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("not done after " + limit, e);
        } catch (ExecutionException e) {
            throw Failures.asIo(e);
        }
    }

    private <T> CompletableFuture<T> start(Failures.IoCall<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(group, () -> run(call, result), group.getName() + "-control");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static <T> void run(Failures.IoCall<T> call, CompletableFuture<T> result) {
        try {
            result.complete(call.call());
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    /**
     * Ends what Ratis left to end by itself, an election that goes on for instance; bounded in time. The log is closed: an
     * interrupt can hurt no file.
     *
     * @param member what Ratis's names for them begin with; a thread of the JDK or of the host may be in the group because one
     *     of ours happened to start it
     */
    void end(String member) throws InterruptedException {
        Deadline deadline = Deadline.after(ticker, PATIENCE);
        List<Thread> threads = named(member);
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            long millis = deadline.remaining().toMillis();
            if (millis > 0) {
                thread.join(millis);
            }
        }
    }

    private List<Thread> named(String member) {
        return all().stream()
                .filter(thread -> thread.getName().startsWith(member) && !thread.equals(Thread.currentThread()))
                .toList();
    }

    /** The threads of the group that are alive. */
    List<Thread> all() {
        Thread[] alive = new Thread[group.activeCount() + 16];
        int count = group.enumerate(alive);
        return List.of(Arrays.copyOf(alive, count));
    }
}
