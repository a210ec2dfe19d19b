package dev.coord.raft.internal.ratis;

import java.util.concurrent.locks.LockSupport;

/**
 * Makes closing quick. The thread that writes the log looks once a second whether it should end, and Ratis waits for that.
 * Once Ratis waits, the log is closed and nothing more is queued: if the writer waits too, it waits for nothing, and an
 * interrupt can tear no write.
 */
final class LogWriterWaker {
    private static final long PAUSE_NANOS = 2_000_000;
    private static final String WRITER = "org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogWorker";

    private final OwnThreads threads;
    private final RatisStateMachine shell;
    private final Thread thread;
    private volatile boolean stopped;

    LogWriterWaker(OwnThreads threads, RatisStateMachine shell, String id) {
        this.threads = threads;
        this.shell = shell;
        thread = new Thread(this::run, "coord-" + id + "-close");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void stop() throws InterruptedException {
        stopped = true;
        thread.join();
    }

    private void run() {
        Thread writer = shell.logWriter();
        while (!stopped && writer != null && !wake(writer)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private boolean wake(Thread writer) {
        if (writer.getState() != Thread.State.TIMED_WAITING || !isAwaited()) {
            return false;
        }
        writer.interrupt();
        return true;
    }

    private boolean isAwaited() {
        return threads.all().stream().anyMatch(LogWriterWaker::awaitsWriter);
    }

    private static boolean awaitsWriter(Thread thread) {
        boolean awaits = false;
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().equals(WRITER)) {
                return awaits && frame.getMethodName().equals("close");
            }
            awaits |= frame.getMethodName().equals("awaitTermination");
        }
        return false;
    }
}
