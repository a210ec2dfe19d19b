package dev.coord.recipes.broadcast;

/**
 * Is told of each message in its order. Called by the group's executor, one call at a time. If it blocks, it delays those who
 * send: when as many messages of a member wait to be heard as may be unacknowledged, no more are taken from it. What it throws is
 * left to the executor, and the message counts as heard.
 */
@FunctionalInterface
public interface DeliveryListener {

    /**
     * Hears of a message.
     *
     * @param delivery the message
     */
    void onDelivery(Delivery delivery);
}
