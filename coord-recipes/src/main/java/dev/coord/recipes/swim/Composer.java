package dev.coord.recipes.swim;

import dev.coord.recipes.swim.SwimMember.State;
import org.jspecify.annotations.Nullable;

/** Writes messages, and fills them up with gossip. */
final class Composer {
    private final Beliefs beliefs;
    private final boolean buddies;
    private final int maxDatagram;
    private final WireWriter out;

    Composer(Beliefs beliefs, boolean buddies, int maxDatagram) {
        this.beliefs = beliefs;
        this.buddies = buddies;
        this.maxDatagram = maxDatagram;
        this.out = new WireWriter(maxDatagram);
    }

    byte[] ping(long nonce, Peer target) {
        begin(Message.PING, target.instance).fixed(nonce).target(target.name, target.instance, target.incarnation);
        return filled(target);
    }

    /** The request to another to ping for this member. */
    byte[] pingRequest(long nonce, Peer target, Peer helper) {
        begin(Message.PING_REQ, helper.instance).fixed(nonce).target(target.name, target.instance, target.incarnation);
        return filled(null);
    }

    byte[] ack(long nonce, long receiver, @Nullable Peer to) {
        begin(Message.ACK, receiver).fixed(nonce);
        return filled(to);
    }

    byte[] nack(long nonce, long receiver) {
        begin(Message.NACK, receiver).fixed(nonce);
        return filled(null);
    }

    byte[] gossip(Peer to) {
        begin(Message.GOSSIP, to.instance);
        return filled(null);
    }

    /** What is believed of one member, itself perhaps, for somebody who believes otherwise. */
    byte[] record(Peer peer, long receiver) {
        begin(Message.GOSSIP, receiver);
        out.update(peer, true);
        return out.take();
    }

    /** The wish to be told all, with what is believed of the other, so that it can object. */
    byte[] wish(@Nullable Peer of, long nonce) {
        begin(Message.SYNC, Message.ANYBODY).octet(Message.TELL_ME).fixed(0).fixed(nonce);
        if (of != null) {
            out.update(of, true);
        }
        return out.take();
    }

    /**
     * The next part of all that is known.
     *
     * @param to whom
     * @param from where it begins: 0 is the own self, then come the others
     * @param most bytes of the message
     * @return where the next part begins
     */
    int part(int wish, SyncHead to, int from, int most) {
        out.begin(Message.SYNC, beliefs.self, to.receiver(), most)
                .octet(wish)
                .fixed(to.answered())
                .fixed(to.nonce());
        int next = from;
        int end = beliefs.roster.size();
        while (next <= end && out.update(next == 0 ? beliefs.self : beliefs.roster.at(next - 1), true)) {
            next++;
        }
        return next;
    }

    byte[] take() {
        return out.take();
    }

    int maxDatagram() {
        return maxDatagram;
    }

    private WireWriter begin(int kind, long receiver) {
        return out.begin(kind, beliefs.self, receiver, maxDatagram);
    }

    /**
     * Lifeguard's buddy (Dadgar et al. §IV-C): a suspect is told so first, that it can object soon. Of its death it is told
     * without Lifeguard too: it is not among those who are gossiped to any more.
     */
    private byte[] filled(@Nullable Peer to) {
        if (beliefs.self.state == State.LEFT) {
            // Who still pings it has not heard.
            out.update(beliefs.self, false);
        }
        Peer first = to != null && mustKnow(to) ? to : null;
        if (first != null) {
            out.update(first, false);
        }
        beliefs.gossip.fill(out, first, beliefs.roster.active());
        return out.take();
    }

    private boolean mustKnow(Peer peer) {
        return peer.state == State.DEAD || (peer.state == State.SUSPECT && buddies);
    }
}
