package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.client.StateMachine;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes snapshots in the background. Taking the image is all that happens on the thread that applies; one snapshot is
 * written at a time, and what was applied meanwhile counts towards the next.
 */
final class Snapshotter {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshotter.class);

    private final RatisNodeConfig config;
    private final SnapshotStore store;
    private final LongConsumer onWritten;
    private final ExecutorService writer;
    private volatile boolean writing;
    private volatile boolean stopped;

    // Touched by the thread that applies only.
    private long entries;
    private long bytes;

    Snapshotter(RatisNodeConfig config, SnapshotStore store, LongConsumer onWritten) {
        this.config = config;
        this.store = store;
        this.onWritten = onWritten;
        writer = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "coord-" + config.selfId() + "-snapshot");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Notes that an entry was applied; called by the thread that applies. */
    void applied(int length) {
        entries++;
        bytes += length;
        if ((entries >= config.snapshotEntries() || bytes >= config.snapshotBytes()) && !writing && !stopped) {
            start();
        }
    }

    private void start() {
        reset();
        writing = true;
        StateMachine.Image image = config.stateMachine().image();
        try {
            writer.execute(() -> write(image));
        } catch (RejectedExecutionException e) {
            writing = false; // closing
        }
    }

    /** Counts anew; called by the thread that applies. */
    void reset() {
        entries = 0;
        bytes = 0;
    }

    private void write(StateMachine.Image image) {
        try {
            if (!stopped && store.write(image, () -> stopped)) {
                onWritten.accept(image.index());
            }
        } catch (IOException | RuntimeException e) {
            if (!stopped) {
                LOG.warn(
                        "{}: the snapshot at {} could not be written ({}); it is tried again later, the log grows meanwhile",
                        config.selfId(),
                        image.index(),
                        Failures.describe(e));
            }
        } finally {
            writing = false;
        }
    }

    /** Gives up what is being written, and ends the thread. */
    void close() throws InterruptedException {
        stopped = true;
        writer.shutdown();
        writer.awaitTermination(2, TimeUnit.SECONDS);
    }
}
