package dev.coord.recipes.swim;

import dev.coord.recipes.swim.SwimEvent.Kind;
import dev.coord.recipes.swim.SwimMember.State;
import org.jspecify.annotations.Nullable;

/**
 * What is believed of the members, and how what is heard changes it. Of two beliefs the newer holds (see
 * {@link Peer#compare}), so that it does not matter in which order, how often and from whom things are heard. About itself a
 * member knows better: what is said of it otherwise it refutes, with a greater incarnation (SWIM §4.2).
 */
final class Beliefs {
    /** The most members that are known; for more the longest dead are forgotten, or they are not taken. */
    static final int MAX_MEMBERS = 10_000;

    final Peer self;
    final Roster roster;
    final GossipQueue gossip;
    final LocalHealth health;
    private final Suspicions suspicions;
    private final Counters counters;
    private final Effects effects;
    private long changes;

    /** Another process that had the own name, and the last that was heard of it when this one took the name over. */
    private long formerInstance;

    Beliefs(SwimConfig config, Peer self, Roster roster, Counters counters, Effects effects) {
        this.self = self;
        this.roster = roster;
        this.gossip = new GossipQueue(config.gossipFactor());
        this.health = new LocalHealth(config.lifeguard());
        this.suspicions = new Suspicions(config);
        this.counters = counters;
        this.effects = effects;
        gossip.tell(self);
    }

    /** Grows with every change of what is believed. */
    long changes() {
        return changes;
    }

    long suspicionsDue() {
        return suspicions.due();
    }

    /** Finds the sender of a message. */
    @Nullable
    Peer sender(Message message) {
        return roster.find(message.bytes(), message.senderAt, message.senderLength);
    }

    /** Who sends something is alive, in the incarnation that it sends it in. */
    void heardFrom(Message message, long at) {
        Peer peer = sender(message);
        if (peer != null
                && peer != self
                && peer.instance == message.senderInstance
                && message.senderIncarnation > peer.incarnation) {
            change(peer, message.senderInstance, message.senderIncarnation, State.ALIVE, at);
        }
    }

    /** A message of one that was not known when it came is taken once, too. */
    void met(Message message) {
        Peer peer = sender(message);
        if (peer != null && peer.instance == message.senderInstance) {
            peer.isNew(message.number);
        }
    }

    /**
     * Hears a piece of gossip.
     *
     * @param teller the instance of whoever says so, if that is a reason to suspect but not to give up a member: one who was
     *     cut off takes all others for dead, and they are to have the time to say that they are not
     */
    void hear(Update update, @Nullable Long teller, long at) {
        if (update.isAbout(self)) {
            hearOfSelf(update.instance, update.incarnation, update.state);
            return;
        }
        Peer peer = roster.find(update.bytes, update.nameAt, update.nameLength);
        if (peer == null) {
            admit(update, at);
            return;
        }
        boolean soften = teller != null && update.state == State.DEAD && peer.isActive();
        State state = soften ? State.SUSPECT : update.state;
        int order = peer.compare(update.incarnation, update.instance, state);
        if (order > 0) {
            buryFormerSelf(peer, update.instance, at);
        }
        boolean wasActive = peer.isActive();
        boolean moved = update.detailed && peer.takeDetails(update);
        if (order > 0) {
            change(peer, update.instance, update.incarnation, state, at);
        }
        if (order >= 0 && state == State.SUSPECT) {
            accuse(peer, update, soften ? teller : null, at);
        }
        if (moved) {
            changes++;
            gossip.tell(peer);
        }
        if (moved && wasActive && peer.isActive()) {
            tell(Kind.UPDATED, peer);
        }
    }

    /** The dead are not taken over from others: they would be passed on for ever, and never be forgotten by all. */
    private void admit(Update update, long at) {
        if (!update.detailed || !update.state.isActive()) {
            return;
        }
        if (roster.size() >= MAX_MEMBERS) {
            forgetLongestDead();
        }
        if (roster.size() >= MAX_MEMBERS) {
            return;
        }
        Peer peer = Peer.told(update);
        roster.add(peer);
        change(peer, update.instance, update.incarnation, update.state, at);
        if (update.state == State.SUSPECT) {
            accuse(peer, update, null, at);
        }
    }

    private void accuse(Peer peer, Update update, @Nullable Long teller, long at) {
        boolean matters = teller != null && suspicions.accuse(peer, teller, at);
        for (int i = 0; i < update.accuserCount; i++) {
            matters |= suspicions.accuse(peer, update.accusers[i], at);
        }
        if (matters) {
            gossip.tell(peer);
        }
    }

    /** Suspects a member that was probed in this incarnation and did not answer. */
    void suspect(Peer peer, long instance, long incarnation, long at) {
        int order = peer.compare(incarnation, instance, State.SUSPECT);
        if (order > 0) {
            change(peer, instance, incarnation, State.SUSPECT, at);
        }
        if (order >= 0 && suspicions.accuse(peer, self.instance, at)) {
            gossip.tell(peer);
        }
    }

    /** Takes those for dead who were suspected for long enough. */
    void expire(long at) {
        for (Peer peer : suspicions.expired(at)) {
            change(peer, peer.instance, peer.incarnation, State.DEAD, at);
        }
    }

    /** Hears what is believed of this member. */
    void hearOfSelf(long instance, long incarnation, State state) {
        if (self.state == State.LEFT || incarnation < self.incarnation) {
            return;
        }
        if (incarnation >= WireWriter.MAX_NUMBER) {
            // A greater one nobody would read.
            return;
        }
        if (instance != self.instance) {
            takeOver(instance, incarnation);
        } else if (state != State.ALIVE) {
            counters.refutations++;
            health.worse(1);
            renew(incarnation + 1);
        }
    }

    /** Another process has or had the own name: usually the one that this one was before it started again. */
    private void takeOver(long instance, long incarnation) {
        counters.nameConflicts += instance == formerInstance ? 1 : 0;
        formerInstance = instance;
        renew(incarnation + 1);
    }

    /** Says something else of itself. */
    void describe(byte[] metadata) {
        self.metadata = metadata;
        renew(self.incarnation + 1);
    }

    /** Goes: nothing that is said of this member is refuted from now on. */
    void leave() {
        self.state = State.LEFT;
        changes++;
        gossip.tell(self);
    }

    private void renew(long incarnation) {
        self.renew(incarnation);
        changes++;
        gossip.tell(self);
    }

    private void forgetLongestDead() {
        long longest = Long.MAX_VALUE - 1;
        for (int i = 0; i < roster.size(); i++) {
            Peer peer = roster.at(i);
            longest = peer.isActive() ? longest : Math.min(longest, peer.since);
        }
        forget(longest + 1);
    }

    /** Forgets those who have been dead or gone since before a moment. */
    void forget(long before) {
        for (int i = roster.size() - 1; i >= 0; i--) {
            Peer peer = roster.at(i);
            if (!peer.isActive() && peer.since < before) {
                gossip.drop(peer);
                roster.forget(i);
                changes++;
            }
        }
    }

    private void change(Peer peer, long instance, long incarnation, State state, long at) {
        buryFormerSelf(peer, instance, at);
        if (peer.instance == instance
                && peer.state == State.DEAD
                && state.isActive()
                && incarnation > peer.incarnation) {
            counters.returned++;
        }
        peer.become(instance, incarnation);
        enter(peer, state, at);
        gossip.tell(peer);
    }

    /** A process of this name has started again: the former one is dead. */
    private void buryFormerSelf(Peer peer, long instance, long at) {
        if (peer.instance != instance && peer.isActive()) {
            enter(peer, State.DEAD, at);
        }
    }

    private void enter(Peer peer, State state, long at) {
        State before = peer.state;
        peer.state = state;
        peer.since = at;
        if (peer.suspicion != null) {
            suspicions.end(peer);
        }
        if (before.isActive() != state.isActive()) {
            roster.activeChanged(state.isActive() ? 1 : -1);
        }
        if (state == State.SUSPECT) {
            suspicions.begin(peer, roster.active(), at);
        }
        changes++;
        announce(before, peer);
    }

    private void announce(State before, Peer peer) {
        State state = peer.state;
        if (state.isActive() && !before.isActive()) {
            tell(Kind.JOINED, peer);
        }
        if (state == State.SUSPECT && before != State.SUSPECT) {
            counters.suspicions++;
            tell(Kind.SUSPECTED, peer);
        } else if (state == State.ALIVE && before == State.SUSPECT) {
            counters.cleared++;
            tell(Kind.CLEARED, peer);
        } else if (before.isActive() && state == State.DEAD) {
            counters.failures++;
            tell(Kind.FAILED, peer);
        } else if (before.isActive() && state == State.LEFT) {
            tell(Kind.LEFT, peer);
        }
    }

    private void tell(Kind kind, Peer peer) {
        effects.event(kind, peer);
    }
}
