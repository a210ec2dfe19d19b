package dev.coord.recipes.swim;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Pings that this member sends for others, until they are answered or it is too late. */
final class Relays {
    /** More at a time are not taken: a helper must not become the victim. */
    private static final int MOST = 256;

    /** Whoever asked is told by then that there is no answer yet (Lifeguard §IV-A: 80 % of the timeout). */
    private static final double NACK_SHARE = 0.8;

    private record Relay(
            String asker, long askerInstance, long askerNonce, long nonce, long nackAt, long endAt, boolean nacked) {
        long due() {
            return nacked ? endAt : nackAt;
        }

        Relay withNack() {
            return new Relay(asker, askerInstance, askerNonce, nonce, nackAt, endAt, true);
        }
    }

    private final Composer composer;
    private final RandomGenerator random;
    private final Effects effects;
    private final long nackAfter;
    private final long endAfter;
    private final boolean nacks;
    private final List<Relay> relays = new ArrayList<>();

    Relays(SwimConfig config, Composer composer, RandomGenerator random, Effects effects) {
        this.composer = composer;
        this.random = random;
        this.effects = effects;
        this.nacks = config.lifeguard();
        this.nackAfter = (long) (config.probeTimeout().toNanos() * NACK_SHARE);
        this.endAfter = config.probeInterval().toNanos();
    }

    /** Pings a member for somebody else. */
    void ping(Peer target, String asker, long askerInstance, long askerNonce, long at) {
        if (relays.size() >= MOST) {
            return;
        }
        long nonce = random.nextLong();
        relays.add(new Relay(asker, askerInstance, askerNonce, nonce, at + nackAfter, at + endAfter, !nacks));
        effects.send(target.address, composer.ping(nonce, target));
    }

    /** Hears an answer, and passes it on if it is to one of these. */
    void acked(long answered) {
        for (int i = 0; i < relays.size(); i++) {
            Relay relay = relays.get(i);
            if (relay.nonce == answered) {
                relays.remove(i);
                effects.send(relay.asker, composer.ack(relay.askerNonce, relay.askerInstance, null));
                return;
            }
        }
    }

    long due() {
        long due = Long.MAX_VALUE;
        for (int i = 0; i < relays.size(); i++) {
            due = Math.min(due, relays.get(i).due());
        }
        return due;
    }

    void tick(long at) {
        for (int i = relays.size() - 1; i >= 0; i--) {
            Relay relay = relays.get(i);
            if (at >= relay.endAt) {
                relays.remove(i);
            } else if (at >= relay.due()) {
                effects.send(relay.asker, composer.nack(relay.askerNonce, relay.askerInstance));
                relays.set(i, relay.withNack());
            }
        }
    }
}
