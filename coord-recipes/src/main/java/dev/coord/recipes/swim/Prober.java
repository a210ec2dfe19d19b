package dev.coord.recipes.swim;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Probes one member in each protocol period (SWIM §3.1): directly, then, if it does not answer in time, through others and by a
 * request if it can be reached so. Whoever has not answered by the end of the period is suspected. How long all of this takes
 * follows the local health.
 */
final class Prober {
    private final Beliefs beliefs;
    private final Composer composer;
    private final RandomGenerator random;
    private final Effects effects;
    private final Counters counters;
    private final Peer[] helpers;
    private final long interval;
    private final long timeout;

    private @Nullable Peer target;
    private long instance;
    private long incarnation;
    private long nonce;
    private boolean asked;
    private int expectedNacks;
    private int nacks;
    private long askAt;
    private long endAt;

    Prober(
            SwimConfig config,
            Beliefs beliefs,
            Composer composer,
            RandomGenerator random,
            Effects effects,
            Counters counters) {
        this.beliefs = beliefs;
        this.composer = composer;
        this.random = random;
        this.effects = effects;
        this.counters = counters;
        this.helpers = new Peer[config.indirectProbes()];
        this.interval = config.probeInterval().toNanos();
        this.timeout = config.probeTimeout().toNanos();
    }

    /** Begins the first period somewhere in the next interval: members that start together do not probe together. */
    void start(long at) {
        endAt = at + random.nextLong(interval);
    }

    long due() {
        return target != null && !asked ? Math.min(askAt, endAt) : endAt;
    }

    void tick(long at) {
        if (target != null && !asked && at >= Math.min(askAt, endAt)) {
            // So late that it is over: the others are asked first all the same, and have the time that they would have
            // had.
            endAt = at >= endAt ? at + endAt - askAt : endAt;
            askOthers(target);
        } else if (at >= endAt) {
            end(at);
            begin(at);
        }
    }

    private void begin(long at) {
        endAt = at + beliefs.health.scaled(interval);
        target = beliefs.roster.nextToProbe();
        if (target == null) {
            return;
        }
        instance = target.instance;
        incarnation = target.incarnation;
        nonce = random.nextLong();
        asked = false;
        expectedNacks = 0;
        nacks = 0;
        askAt = at + beliefs.health.scaled(timeout);
        counters.probes++;
        effects.send(target.address, composer.ping(nonce, target));
    }

    private void askOthers(Peer silent) {
        asked = true;
        int count = beliefs.roster.chooseActive(helpers, helpers.length, silent);
        for (int i = 0; i < count; i++) {
            effects.send(helpers[i].address, composer.pingRequest(nonce, silent, helpers[i]));
        }
        expectedNacks = count;
        String name = silent.text();
        if (effects.canRequest(name)) {
            effects.request(name, composer.ping(nonce, silent), endAt - askAt);
        }
    }

    private void end(long at) {
        Peer silent = target;
        target = null;
        if (silent == null) {
            return;
        }
        counters.failedProbes++;
        beliefs.health.worse(expectedNacks > 0 ? Math.max(0, expectedNacks - nacks) : 1);
        if (silent.isActive()) {
            beliefs.suspect(silent, instance, incarnation, at);
        }
    }

    /** Hears an answer; tells whether it is one to the probe under way. Any other is late, or a copy of an old one. */
    boolean acked(long answered) {
        if (target == null || answered != nonce) {
            return false;
        }
        target = null;
        beliefs.health.better();
        return true;
    }

    /** Hears from a helper that it got no answer either: so the way to the helper is fine. */
    void nacked(long answered) {
        if (target != null && answered == nonce && asked) {
            nacks++;
        }
    }
}
