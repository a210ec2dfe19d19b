package dev.coord.recipes.swim;

import dev.coord.recipes.swim.SwimMember.State;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges all that is known: who wishes to be told says so, the other tells and asks in return, and is told. Of what comes
 * with a wish nothing is believed before the third step, as the first may be a copy of an old one. Joining is the same, with a
 * seed; and so is finding those again who were cut off: one that is dead or a seed that is not a member is called each time.
 */
final class Syncer {
    private final SwimConfig config;
    private final Beliefs beliefs;
    private final Composer composer;
    private final List<String> seeds;
    private final RandomGenerator random;
    private final Effects effects;
    private final Peer[] partner = new Peer[1];
    private long due;

    Syncer(
            SwimConfig config,
            Beliefs beliefs,
            Composer composer,
            List<String> seeds,
            RandomGenerator random,
            Effects effects) {
        this.config = config;
        this.beliefs = beliefs;
        this.composer = composer;
        this.seeds = seeds;
        this.random = random;
        this.effects = effects;
    }

    /** Calls every seed at once. */
    void start(long at) {
        for (String seed : seeds) {
            if (!seed.equals(beliefs.self.address)) {
                effects.send(seed, composer.wish(null));
            }
        }
        due = at + config.probeInterval().toNanos();
    }

    long due() {
        return due;
    }

    void tick(long at) {
        beliefs.forget(at - config.deadMemory().toNanos());
        boolean alone = beliefs.roster.chooseActive(partner, 1, null) == 0;
        if (!alone) {
            call(partner[0]);
        }
        callLost();
        long interval = config.syncInterval().toNanos();
        due = at + (alone ? config.probeInterval().toNanos() : interval - random.nextLong(interval / 4));
    }

    private void call(Peer peer) {
        String name = peer.text();
        if (effects.canRequest(name)) {
            effects.request(name, composer.wish(peer), config.syncInterval().toNanos());
        } else {
            effects.send(peer.address, composer.wish(peer));
        }
    }

    /** One of the dead and of the seeds that are no members, each as likely as any other. */
    private void callLost() {
        int candidates = 0;
        String address = null;
        Peer dead = null;
        for (int i = 0; i < beliefs.roster.size(); i++) {
            Peer peer = beliefs.roster.at(i);
            if (peer.state == State.DEAD && random.nextInt(++candidates) == 0) {
                dead = peer;
                address = peer.address;
            }
        }
        for (String seed : seeds) {
            if (!isKnown(seed) && random.nextInt(++candidates) == 0) {
                dead = null;
                address = seed;
            }
        }
        if (address != null) {
            effects.send(address, composer.wish(dead));
        }
    }

    private boolean isKnown(String seed) {
        if (seed.equals(beliefs.self.address)) {
            return true;
        }
        for (int i = 0; i < beliefs.roster.size(); i++) {
            Peer peer = beliefs.roster.at(i);
            if (peer.state != State.LEFT && peer.address.equals(seed)) {
                return true;
            }
        }
        return false;
    }

    /** Tells all that is known by datagrams, in as many parts as it takes; the last says what is asked for in return. */
    void tellAll(String to, long receiver, int wish) {
        int end = beliefs.roster.size();
        int from = 0;
        while (from <= end) {
            int next = composer.part(Message.TOLD, receiver, from, composer.maxDatagram());
            if (next > end) {
                composer.part(wish, receiver, from, composer.maxDatagram());
            }
            effects.send(to, composer.take());
            from = next;
        }
    }

    /** Tells by a request what is known, as far as it fits; the answer to the wish follows as a request of its own. */
    byte @Nullable [] answer(int wish, long receiver, int most) {
        if (wish != Message.TELL_ME) {
            return null;
        }
        composer.part(Message.AND_YOU, receiver, 0, most);
        return composer.take();
    }

    /** The other has told all by a request, and is told in return. */
    void tellBack(String name, long receiver, int most) {
        composer.part(Message.TOLD, receiver, 0, most);
        effects.request(name, composer.take(), config.syncInterval().toNanos());
    }
}
