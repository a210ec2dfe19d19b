package dev.coord.raft.internal.transport;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the network threads of a peer or a socket, and waits for their end: Netty's own signal comes a moment before it. */
final class NetThreads implements ThreadFactory {
    private static final long JOIN_MILLIS = 5_000;

    private final String prefix;
    private final AtomicInteger count = new AtomicInteger();
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

    /** Not that of whoever sends first: it may be Raft's, which is interrupted when Raft closes. */
    private final ThreadGroup group = Thread.currentThread().getThreadGroup();

    NetThreads(String peerId) {
        this("coord-", peerId + "-net-");
    }

    private NetThreads(String first, String second) {
        prefix = first + second;
    }

    /** Threads of a socket that belongs to no peer. */
    static NetThreads ofSocket(String name) {
        return new NetThreads("coord-", name + "-");
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new FastThreadLocalThread(group, task, prefix + count.incrementAndGet());
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    boolean isCurrent() {
        return threads.contains(Thread.currentThread());
    }

    void join() {
        threads.forEach(thread -> Threads.join(thread, JOIN_MILLIS));
    }
}
