package dev.coord.recipes.swim;

import dev.coord.recipes.swim.SwimMember.State;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges all that is known: who wishes to be told says so, the other tells and asks in return, and is told. Of what comes
 * with a wish nothing is believed before the third step, as the first may be a copy of an old one. Joining is the same, with a
 * seed; and so is finding those again who were cut off: one that is dead or a seed that is not a member is called each time.
 * Of one who is not known nothing is believed but an answer, which has the nonce of what was asked.
 */
final class Syncer {
    private final SwimConfig config;
    private final Beliefs beliefs;
    private final Composer composer;
    private final List<String> seeds;
    private final RandomGenerator random;
    private final Effects effects;
    private final Nonces nonces;
    private final Allowance allowance;
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
        long interval = config.probeInterval().toNanos();
        this.nonces = new Nonces(random, interval, 0);
        this.allowance = new Allowance(interval);
    }

    /** Lets time pass, before anything else is done at that time. */
    void pass(long at) {
        nonces.pass(at);
        allowance.pass(at);
    }

    /** Tells whether a message is the answer to one that was sent a moment ago. */
    boolean isAnswered(Message message) {
        return nonces.isFresh(message.answered);
    }

    private byte[] wish(@Nullable Peer of) {
        return composer.wish(of, nonces.current());
    }

    private SyncHead headOf(Message answered) {
        return new SyncHead(answered.senderInstance, answered.nonce, nonces.current());
    }

    /** Calls every seed at once. */
    void start(long at) {
        for (String seed : seeds) {
            if (!seed.equals(beliefs.self.address)) {
                effects.send(seed, wish(null));
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
            effects.request(name, wish(peer), config.syncInterval().toNanos());
        } else {
            effects.send(peer.address, wish(peer));
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
            effects.send(address, wish(dead));
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
    void tellAll(String to, Message answered, int wish) {
        if (!allowance.take(to)) {
            return;
        }
        SyncHead head = headOf(answered);
        int end = beliefs.roster.size();
        int from = 0;
        while (from <= end) {
            int next = composer.part(Message.TOLD, head, from, composer.maxDatagram());
            if (next > end) {
                composer.part(wish, head, from, composer.maxDatagram());
            }
            effects.send(to, composer.take());
            allowance.spend();
            from = next;
        }
    }

    /** Tells by a request what is known, as far as it fits; the answer to the wish follows as a request of its own. */
    byte @Nullable [] answer(Message answered, int most) {
        if (answered.wish != Message.TELL_ME) {
            return null;
        }
        composer.part(Message.AND_YOU, headOf(answered), 0, most);
        return composer.take();
    }

    /** The other has told all by a request, and is told in return. */
    void tellBack(String name, Message answered, int most) {
        composer.part(Message.TOLD, headOf(answered), 0, most);
        effects.request(name, composer.take(), config.syncInterval().toNanos());
    }
}
