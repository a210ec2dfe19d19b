package dev.coord.recipes.broadcast;

import dev.coord.kv.Value;
import dev.coord.recipes.internal.Teller;
import java.util.HashMap;
import java.util.Map;

/**
 * The messages that were taken and not yet heard, counted by sender: they may wait to be delivered or for the listener. Used in
 * the link's context only, but for the listener's calls.
 */
final class Backlog {
    private final Link link;
    private final int most;
    private final DeliveryListener listener;
    private final Teller teller;
    private final Map<String, Integer> waiting = new HashMap<>();

    Backlog(Link link, BroadcastGroup group, DeliveryListener listener) {
        this.link = link;
        this.most = group.maxUnacknowledged();
        this.listener = listener;
        teller = new Teller(group.listeners());
    }

    boolean hasRoom(String sender) {
        return waiting.getOrDefault(sender, 0) < most;
    }

    void add(String sender) {
        waiting.merge(sender, 1, Integer::sum);
    }

    void drop(String sender) {
        waiting.merge(sender, -1, Integer::sum);
    }

    /** Tells the listener. */
    void deliver(String sender, Value payload) {
        Delivery delivery = new Delivery(sender, payload);
        teller.tell(() -> {
            try {
                listener.onDelivery(delivery);
            } finally {
                link.run(() -> drop(sender));
            }
        });
    }
}
