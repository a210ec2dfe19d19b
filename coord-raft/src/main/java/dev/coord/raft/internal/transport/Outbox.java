package dev.coord.raft.internal.transport;

import io.netty.channel.Channel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Frames on their way out, from any thread; what gathers while the event loop is busy is flushed at once. */
final class Outbox {
    private final Channel channel;
    private final Queue<Frame> frames = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean draining = new AtomicBoolean();

    Outbox(Channel channel) {
        this.channel = channel;
    }

    void send(Frame frame) {
        frames.add(frame);
        if (!draining.compareAndSet(false, true)) {
            return;
        }
        try {
            channel.eventLoop().execute(this::drain);
        } catch (RejectedExecutionException e) {
            frames.clear();
        }
    }

    private void drain() {
        draining.set(false);
        for (Frame frame = frames.poll(); frame != null; frame = frames.poll()) {
            if (channel.isActive()) {
                Net.write(channel, frame);
            }
        }
        channel.flush();
    }
}
