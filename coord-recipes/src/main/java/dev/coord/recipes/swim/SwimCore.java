package dev.coord.recipes.swim;

import dev.coord.recipes.swim.SwimMember.State;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * SWIM (Das, Gupta and Motivala 2002) with Lifeguard (Dadgar, Phillips and Currey 2018) as a function of its inputs: messages
 * and the passing of time go in, messages and events come out by {@link Effects}. It has no thread and reads no clock; one
 * caller at a time.
 *
 * <p>Time inside is the time that this process has lived through. When an input shows that a tick is overdue, the process was
 * stopped, and what it was stopped for does not count: no deadline passes meanwhile, so nobody is accused of not having
 * answered while nobody here could listen.
 */
final class SwimCore {
    /** The longest answer to a request: what a request may carry, with room to spare. */
    static final int MAX_ANSWER = (1 << 20) - 64;

    private static final byte[] NOTHING = new byte[0];

    /** This share of the probe's timeout is lateness that any machine has; more is a pause. */
    private static final int LATENESS_SHARE = 5;

    /** To how many it says good-bye at once. */
    private static final int FAREWELLS = 3;

    private final SwimConfig config;
    private final Effects effects;
    final Counters counters = new Counters();
    private final Beliefs beliefs;
    private final Composer composer;
    private final Prober prober;
    private final Relays relays;
    private final Syncer syncer;
    private final Message message = new Message();
    private final Peer[] listeners;
    private final long lateness;
    private long paused;
    private long gossipAt;
    private long leftAt = Long.MAX_VALUE;
    private boolean gone;

    SwimCore(
            SwimConfig config,
            Peer self,
            List<String> seeds,
            int maxDatagram,
            RandomGenerator random,
            Effects effects) {
        this.config = config;
        this.effects = effects;
        Roster roster = new Roster(random, self);
        this.beliefs = new Beliefs(config, self, roster, counters, effects);
        this.composer = new Composer(beliefs, config.lifeguard(), maxDatagram);
        this.prober = new Prober(config, beliefs, composer, random, effects, counters);
        this.relays = new Relays(config, composer, random, effects);
        this.syncer = new Syncer(config, beliefs, composer, seeds, random, effects);
        this.listeners = new Peer[Math.max(FAREWELLS, config.gossipFanout())];
        this.lateness = config.probeTimeout().toNanos() / LATENESS_SHARE;
    }

    Beliefs beliefs() {
        return beliefs;
    }

    void start(long now) {
        paused = 0;
        gossipAt = now;
        prober.start(now);
        syncer.start(now);
    }

    /** When the next tick is due, in the caller's time. */
    long due() {
        long due = Math.min(relays.due(), leftAt);
        if (!gone) {
            due = Math.min(Math.min(due, syncer.due()), Math.min(beliefs.suspicionsDue(), prober.due()));
        }
        if (!beliefs.gossip.isEmpty() && config.gossipFanout() > 0) {
            due = Math.min(due, gossipAt);
        }
        return due == Long.MAX_VALUE ? due : due + paused;
    }

    private long livedUntil(long now) {
        long late = now - due();
        if (config.lifeguard() && late > lateness) {
            paused += late;
            counters.pauses++;
            beliefs.health.worse(1);
        }
        long at = now - paused;
        // What is to be told from now on is not overdue since the last time that there was something.
        gossipAt = Math.max(gossipAt, at);
        syncer.pass(at);
        return at;
    }

    void tick(long now) {
        long at = livedUntil(now);
        relays.tick(at);
        if (gone) {
            leaving(at);
        } else {
            live(at);
        }
        if (at >= gossipAt && !beliefs.gossip.isEmpty() && config.gossipFanout() > 0) {
            gossip(config.gossipFanout());
            gossipAt = at + config.gossipInterval().toNanos();
        }
    }

    private void live(long at) {
        prober.tick(at);
        beliefs.expire(at);
        if (at >= syncer.due()) {
            syncer.tick(at);
        }
    }

    private void gossip(int most) {
        int count = beliefs.roster.chooseActive(listeners, most, null);
        for (int i = 0; i < count && !beliefs.gossip.isEmpty(); i++) {
            effects.send(listeners[i].address, composer.gossip(listeners[i]));
        }
    }

    /** Takes a datagram. What is no message is counted, and that is all. */
    void receive(long now, String from, byte[] datagram) {
        long at = livedUntil(now);
        if (!accept(datagram)) {
            return;
        }
        if (!isForSelf()) {
            handleStrange(replyAddress(from));
            return;
        }
        Peer sender = beliefs.sender(message);
        if (sender != null && sender != beliefs.self && !isCurrent(sender)) {
            // It has started again; told what its former self had, it takes a greater incarnation. Or this is an old
            // message.
            counters.misdirected++;
            effects.send(from, composer.record(sender, message.senderInstance));
        } else if (sender != null && sender.instance == message.senderInstance && !sender.isNew(message.number)) {
            counters.replayed++;
        } else {
            boolean believed = sender != null || (message.kind == Message.SYNC && syncer.isAnswered(message));
            if (believed) {
                hearAll(at);
                beliefs.met(message);
            } else {
                hearOfSelf();
            }
            handle(replyAddress(from), believed, at);
        }
    }

    private boolean isCurrent(Peer sender) {
        return sender.instance == message.senderInstance || message.senderIncarnation > sender.incarnation;
    }

    /** Takes the answer to a request. */
    void answered(long now, String member, byte[] answer) {
        long at = livedUntil(now);
        if (answer.length == 0 || !accept(answer) || !isForSelf()) {
            return;
        }
        hearAll(at);
        if (message.kind == Message.ACK) {
            prober.acked(message.nonce);
        } else if (message.kind == Message.SYNC && message.wish == Message.AND_YOU) {
            syncer.tellBack(member, message, MAX_ANSWER);
        }
    }

    /** Answers a request; with nothing if there is nothing to say. */
    byte[] answer(long now, byte[] request) {
        long at = livedUntil(now);
        byte[] answer = null;
        if (accept(request)) {
            if (isForSelf()) {
                hearAll(at);
                answer = message.kind == Message.PING ? ack() : null;
            } else if (message.kind == Message.SYNC && !gone) {
                hearOfSelf();
                answer = syncer.answer(message, MAX_ANSWER);
            }
        }
        return answer == null ? NOTHING : answer;
    }

    private boolean accept(byte[] bytes) {
        if (message.read(bytes)) {
            counters.received++;
            return true;
        }
        counters.malformed++;
        return false;
    }

    private boolean isForSelf() {
        return message.receiver == beliefs.self.instance;
    }

    /** Where the sender is known to be, so that nobody else can be made to get answers that he did not ask for. */
    private String replyAddress(String from) {
        Peer sender = beliefs.sender(message);
        return sender == null || sender.instance != message.senderInstance ? from : sender.address;
    }

    private void handle(String replyTo, boolean believed, long at) {
        switch (message.kind) {
            case Message.PING -> effects.send(replyTo, ack());
            case Message.ACK -> acked();
            case Message.NACK -> prober.nacked(message.nonce);
            case Message.PING_REQ -> pingFor(replyTo, at);
            case Message.SYNC -> synced(replyTo, believed);
            default -> {}
        }
    }

    /** Takes what is not for this process: the wish of somebody who need not know it, or a ping for its former self. */
    private void handleStrange(String replyTo) {
        if (message.kind == Message.SYNC && message.wish == Message.TELL_ME) {
            hearOfSelf();
            tellAll(replyTo, Message.AND_YOU);
        } else if (message.kind == Message.PING
                && beliefs.self.isNamed(message.bytes(), message.targetAt, message.targetLength)) {
            beliefs.hearOfSelf(message.targetInstance, message.targetIncarnation, State.ALIVE);
            effects.send(replyTo, composer.record(beliefs.self, message.senderInstance));
        } else {
            counters.misdirected++;
        }
    }

    private void hearAll(long at) {
        beliefs.heardFrom(message, at);
        Long teller = message.kind == Message.SYNC ? (Long) message.senderInstance : null;
        for (int i = 0; i < message.updateCount(); i++) {
            beliefs.hear(message.update(i), teller, at);
        }
    }

    /** Hears what is believed of this member, and nothing else: what is old there does no harm. */
    private void hearOfSelf() {
        for (int i = 0; i < message.updateCount(); i++) {
            Update update = message.update(i);
            if (update.isAbout(beliefs.self)) {
                beliefs.hearOfSelf(update.instance, update.incarnation, update.state);
            }
        }
    }

    private byte[] ack() {
        return composer.ack(message.nonce, message.senderInstance, beliefs.sender(message));
    }

    private void acked() {
        if (!prober.acked(message.nonce)) {
            relays.acked(message.nonce);
        }
    }

    private void pingFor(String replyTo, long at) {
        Peer target = beliefs.roster.find(message.bytes(), message.targetAt, message.targetLength);
        if (target != null && target != beliefs.self && target.instance == message.targetInstance) {
            relays.ping(target, replyTo, message.senderInstance, message.nonce, at);
        }
    }

    private void synced(String replyTo, boolean believed) {
        if (believed && message.wish == Message.AND_YOU) {
            tellAll(replyTo, Message.TOLD);
        }
    }

    /** Who has left looks after nobody any more, and what it knows grows old. */
    private void tellAll(String replyTo, int wish) {
        if (!gone) {
            syncer.tellAll(replyTo, message, wish);
        }
    }

    /** Says something else of itself from now on. */
    void describe(long now, byte[] metadata) {
        livedUntil(now);
        beliefs.describe(metadata);
    }

    /** Begins to leave: it probes nobody any more, and tells others until enough were told or two periods have passed. */
    void leave(long now) {
        if (gone) {
            return;
        }
        long at = livedUntil(now);
        gone = true;
        beliefs.leave();
        leftAt = at + 2 * config.probeInterval().toNanos();
        gossip(FAREWELLS);
        leaving(at);
    }

    private void leaving(long at) {
        boolean told = beliefs.self.told < 0 || beliefs.roster.active() <= 1;
        if (leftAt != Long.MAX_VALUE && (told || at >= leftAt)) {
            leftAt = Long.MAX_VALUE;
            effects.left();
        }
    }
}
