package dev.coord.recipes.swim;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is to be passed on: members whose state has changed, each told λ·ln(N+1) times, those first that were told least (SWIM
 * §4.1). A member stands here once, whatever its state is by the time it is told.
 */
final class GossipQueue {
    private static final int MOST_TIMES = 128;
    private static final int MISFITS = 3;

    private final int factor;
    private final @Nullable Peer[] firsts = new Peer[MOST_TIMES];
    private final @Nullable Peer[] lasts = new Peer[MOST_TIMES];
    private Peer[] chosen = new Peer[16];
    private int size;

    /** No list below this one has members. */
    private int lowest;

    GossipQueue(int factor) {
        this.factor = factor;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** How often a change is told in a group of so many. */
    int times(int active) {
        return Math.min(MOST_TIMES, (int) Math.ceil(factor * Math.log(active + 1.0)));
    }

    /** Passes a member on, from the beginning. */
    void tell(Peer peer) {
        drop(peer);
        append(peer, 0);
    }

    void drop(Peer peer) {
        if (peer.told < 0) {
            return;
        }
        Peer before = peer.previous;
        Peer after = peer.next;
        if (before == null) {
            firsts[peer.told] = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            lasts[peer.told] = before;
        } else {
            after.previous = before;
        }
        peer.previous = null;
        peer.next = null;
        peer.told = -1;
        size--;
    }

    private void append(Peer peer, int told) {
        Peer last = lasts[told];
        peer.told = told;
        peer.previous = last;
        if (last == null) {
            firsts[told] = peer;
        } else {
            last.next = peer;
        }
        lasts[told] = peer;
        lowest = Math.min(lowest, told);
        size++;
    }

    /** Adds as much as fits to a message; one member may be left out, as it stands there already. */
    void fill(WireWriter out, @Nullable Peer except, int active) {
        int count = 0;
        int misfits = 0;
        while (lowest < MOST_TIMES - 1 && firsts[lowest] == null) {
            lowest++;
        }
        for (int level = lowest; level < MOST_TIMES && count < size && misfits < MISFITS; level++) {
            for (Peer peer = firsts[level]; peer != null && misfits < MISFITS; peer = peer.next) {
                if (peer != except && out.update(peer, false)) {
                    chosen = count < chosen.length ? chosen : Arrays.copyOf(chosen, 2 * count);
                    chosen[count++] = peer;
                } else if (peer != except) {
                    misfits = out.hasRoom() ? misfits + 1 : MISFITS;
                }
            }
        }
        int times = times(active);
        for (int i = 0; i < count; i++) {
            toldOnce(chosen[i], times);
        }
    }

    private void toldOnce(Peer peer, int times) {
        int told = peer.told + 1;
        drop(peer);
        if (told < times) {
            append(peer, told);
        }
    }
}
