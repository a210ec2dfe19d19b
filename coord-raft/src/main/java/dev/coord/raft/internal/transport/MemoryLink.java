package dev.coord.raft.internal.transport;

import dev.coord.time.Scheduler;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One direction between two peers. Without reordering a message that is ready waits for those before it, as in a TCP
 * stream; this needs no clock, only the timers.
 */
final class MemoryLink {
    private final Scheduler scheduler;
    private final Queue<Parcel> queue = new ConcurrentLinkedQueue<>();
    // Counts the drains asked for: the thread that moves it off zero does them all, so deliveries keep their order
    // without a lock held across them.
    private final AtomicInteger work = new AtomicInteger();

    MemoryLink(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    void send(Duration delay, boolean mayOvertake, Runnable delivery) {
        if (mayOvertake) {
            scheduler.schedule(delay, delivery);
            return;
        }
        Parcel parcel = new Parcel(delivery);
        parcel.ready = delay.isZero();
        queue.add(parcel);
        if (parcel.ready) {
            drain();
        } else {
            scheduler.schedule(delay, () -> {
                parcel.ready = true;
                drain();
            });
        }
    }

    private void drain() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            for (Parcel head = queue.peek(); head != null && head.ready; head = queue.peek()) {
                queue.poll();
                head.delivery.run();
            }
            seen = work.addAndGet(-seen);
        } while (seen != 0);
    }

    private static final class Parcel {
        private final Runnable delivery;
        private volatile boolean ready;

        private Parcel(Runnable delivery) {
            this.delivery = delivery;
        }
    }
}
