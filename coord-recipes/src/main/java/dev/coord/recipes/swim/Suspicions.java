package dev.coord.recipes.swim;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/** The members that are suspected now, and when the first of them is to be taken for dead. */
final class Suspicions {
    private final SwimConfig config;
    private final List<Peer> suspects = new ArrayList<>();
    private long due = Long.MAX_VALUE;

    Suspicions(SwimConfig config) {
        this.config = config;
    }

    /** Begins to suspect a member of a group of so many that are active. */
    void begin(Peer peer, int active, long at) {
        long min = (long) (config.suspicionMultiplier()
                * Math.max(1, Math.log10(active))
                * config.probeInterval().toNanos());
        int wanted = config.suspicionMultiplier() - 2;
        // The suspect and the own process do not confirm: with too few others nobody is waited for.
        boolean confirmed = config.lifeguard() && wanted >= 1 && active - 2 >= wanted;
        Suspicion suspicion = new Suspicion(at, min, min * config.suspicionMaxFactor(), confirmed ? wanted : 0);
        suspicion.index = suspects.size();
        peer.suspicion = suspicion;
        suspects.add(peer);
        due = Math.min(due, suspicion.due());
    }

    /** Hears of an accuser; tells whether it matters. */
    boolean accuse(Peer peer, long instance, long at) {
        Suspicion suspicion = requireNonNull(peer.suspicion);
        boolean matters = suspicion.accuse(instance, at);
        due = Math.min(due, suspicion.due());
        return matters;
    }

    void end(Peer peer) {
        Suspicion ended = requireNonNull(peer.suspicion);
        peer.suspicion = null;
        Peer last = suspects.remove(suspects.size() - 1);
        if (last != peer) {
            suspects.set(ended.index, last);
            requireNonNull(last.suspicion).index = ended.index;
        }
        if (ended.due() <= due) {
            recount();
        }
    }

    private void recount() {
        due = Long.MAX_VALUE;
        for (Peer suspect : suspects) {
            due = Math.min(due, requireNonNull(suspect.suspicion).due());
        }
    }

    /** When the first is due; {@link Long#MAX_VALUE} if none is suspected. */
    long due() {
        return due;
    }

    /** Those whose time is over. */
    List<Peer> expired(long at) {
        if (due > at) {
            return List.of();
        }
        return suspects.stream()
                .filter(suspect -> requireNonNull(suspect.suspicion).due() <= at)
                .toList();
    }
}
