package dev.coord.recipes.broadcast;

import dev.coord.kv.Value;

/** What may be broadcast. */
final class Payloads {
    private Payloads() {}

    static void check(Value payload) {
        if (payload.size() > BroadcastGroup.MAX_PAYLOAD) {
            throw new IllegalArgumentException("a payload of " + payload.size() + " bytes; it may have "
                    + BroadcastGroup.MAX_PAYLOAD + " at most: put it in the store and broadcast its key");
        }
    }
}
