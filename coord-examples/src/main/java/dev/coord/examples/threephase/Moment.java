package dev.coord.examples.threephase;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * A moment in a run, as messages tell it.
 *
 * @param peers at which process
 * @param events what happens there
 * @param kinds to which message
 * @param nth for which time, of all such events at those processes; from 1
 */
record Moment(Set<String> peers, Set<Event> events, Set<Kind> kinds, int nth) {

    Moment {
        peers = Set.copyOf(peers);
        events = Set.copyOf(events);
        kinds = Set.copyOf(kinds);
    }

    static Moment at(String peer, Event event, Kind kind, int nth) {
        return at(Set.of(peer), event, kind, nth);
    }

    static Moment at(Set<String> peers, Event event, Kind kind, int nth) {
        return new Moment(peers, Set.of(event), Set.of(kind), nth);
    }

    /** The nth time that anything happens there to messages of some kinds. */
    static Moment anyAt(String peer, Collection<Kind> kinds, int nth) {
        return new Moment(Set.of(peer), EnumSet.allOf(Event.class), Set.copyOf(kinds), nth);
    }

    boolean matches(String peer, Event event, Kind kind) {
        return peers.contains(peer) && events.contains(event) && kinds.contains(kind);
    }
}
