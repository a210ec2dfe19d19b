package dev.coord.examples.threephase;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of a transaction.
 *
 * @param states of all processes, those that crashed as they were then
 * @param crashed the peers that did
 * @param requests messages of the protocol's phases that were sent, without answers
 * @param took until nobody was in doubt who lives; the whole run, if somebody still is
 */
record Outcome(SortedMap<String, State> states, Set<String> crashed, long requests, Duration took) {

    Outcome {
        states = new TreeMap<>(states);
        crashed = Set.copyOf(crashed);
    }

    /** Some have committed and some have aborted. One that crashed counts: what it did is done, what it said is said. */
    boolean isSplit() {
        return states.containsValue(State.COMMITTED) && states.containsValue(State.ABORTED);
    }

    /** Somebody lives and is in doubt. */
    boolean isBlocked() {
        return !inDoubt().isEmpty();
    }

    List<String> inDoubt() {
        return states.keySet().stream()
                .filter(peer -> !crashed.contains(peer)
                        && states.getOrDefault(peer, State.INITIAL).isInDoubt())
                .toList();
    }

    /** What is decided, as long as it is not split. */
    String verdict() {
        if (isSplit()) {
            return "SPLIT";
        }
        if (isBlocked()) {
            return "blocks";
        }
        return states.containsValue(State.COMMITTED) ? "commit" : "abort";
    }

    /** The states of some peers, a letter each; a crashed one's in brackets. */
    String letters(List<String> peers) {
        return peers.stream().map(this::letter).collect(Collectors.joining(" "));
    }

    private String letter(String peer) {
        char letter = states.getOrDefault(peer, State.INITIAL).letter();
        return crashed.contains(peer) ? "(" + letter + ")" : String.valueOf(letter);
    }

    /** All of it, for failures. */
    String describe() {
        return verdict() + " " + letters(List.copyOf(states.keySet())) + " after " + took + " and " + requests
                + " requests";
    }

    static SortedMap<String, State> states(List<String> peers, Contender contender) {
        return new TreeMap<>(peers.stream().collect(Collectors.toMap(peer -> peer, contender::state)));
    }
}
