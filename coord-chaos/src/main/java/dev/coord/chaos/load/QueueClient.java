package dev.coord.chaos.load;

import dev.coord.CoordException;
import dev.coord.recipes.Codec;
import dev.coord.recipes.queue.Delivery;
import dev.coord.recipes.queue.DistributedQueue;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts items into a queue and takes items from it. */
final class QueueClient extends Client {
    private static final Duration TTL = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final QueueLedger ledger;
    private final String path;
    private final boolean puts;
    private @Nullable Handle opened;
    private @Nullable DistributedQueue<String> queue;
    private long number;

    QueueClient(int peer, String path, boolean puts, QueueLedger ledger, Shared shared) {
        super("queue", peer, TTL, shared);
        this.path = path;
        this.puts = puts;
        this.ledger = ledger;
    }

    @Override
    void step(Handle own) throws InterruptedException {
        DistributedQueue<String> current = queue;
        if (current == null || opened != own) {
            current = DistributedQueue.on(own.coord(), path, Codec.text());
            queue = current;
            opened = own;
        }
        if (puts) {
            put(own, current);
            idle(between(20, 80));
        } else {
            take(own, current, PATIENCE);
        }
    }

    private void put(Handle own, DistributedQueue<String> current) throws InterruptedException {
        String item = own.process() + ":" + ++number;
        ledger.offering(item);
        current.put(item);
        ledger.put(item);
        counts.add("items put");
    }

    /** Takes one item, if there is one. */
    private boolean take(Handle own, DistributedQueue<String> current, Duration patience) throws InterruptedException {
        Optional<Delivery<String>> polled = current.poll(patience);
        if (polled.isEmpty()) {
            return false;
        }
        try (Delivery<String> delivery = polled.get()) {
            ledger.taken(delivery.value());
            acknowledge(own, delivery);
        }
        return true;
    }

    private void acknowledge(Handle own, Delivery<String> delivery) throws InterruptedException {
        String item = delivery.value();
        try {
            if (delivery.ack()) {
                ledger.acknowledged(item, own.process());
                counts.add("items taken");
            } else {
                counts.add("items lost to others");
            }
        } catch (CoordException e) {
            if (e.outcome() == CoordException.Outcome.UNKNOWN) {
                ledger.perhaps(item);
            }
            throw e;
        }
    }

    @Override
    void leave(Handle own) {
        DistributedQueue<String> current = queue;
        queue = null;
        if (current != null && !own.isOver()) {
            current.close();
        }
    }

    /** Empties the queue, in the end. */
    static void drain(Handle own, String path, QueueLedger ledger, Shared shared) throws InterruptedException {
        QueueClient last = new QueueClient(0, path, false, ledger, shared);
        try (DistributedQueue<String> queue = DistributedQueue.on(own.coord(), path, Codec.text())) {
            while (last.take(own, queue, Duration.ofSeconds(1)) || queue.size() > 0) {
                shared.counts().add("items drained");
            }
        }
        ledger.checkEmpty();
    }
}
