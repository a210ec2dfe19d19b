package dev.coord.raft.internal.ratis;

import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.server.raftlog.RaftLog;

/**
 * Makes closing quick. The thread that writes the log looks once a second whether it should end. When the log is closed
 * nothing more is queued, so if the thread waits, it waits for nothing, and an interrupt can tear no write.
 */
final class LogWriterWaker {
    private static final long PAUSE_NANOS = 2_000_000;
    private static final int PAUSES = 5;

    private final RaftLog log;
    private final RatisStateMachine shell;
    private final Thread thread;
    private volatile boolean stopped;

    LogWriterWaker(RaftLog log, RatisStateMachine shell, String id) {
        this.log = log;
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
        int closedFor = 0;
        while (!stopped) {
            Thread writer = shell.logWriter();
            // Some pauses later: the log is marked closed a moment before its writer is told to end.
            if (closedFor > PAUSES && writer != null && writer.getState() == Thread.State.TIMED_WAITING) {
                writer.interrupt();
                return;
            }
            closedFor = log.isOpened() ? 0 : closedFor + 1;
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
