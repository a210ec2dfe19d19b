package dev.coord.raft.internal.transport;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Where the peers are: what this peer was given at its start, and what it has learned of members that came later. The former
 * is never overruled, so that whoever moves a machine says so in the settings of the others. Nobody is forgotten: a member
 * that was removed must be heard, or it would not find out. Safe for use by any thread.
 */
final class AddressBook {
    private final Map<String, PeerAddress> given;
    private final Map<String, PeerAddress> all;
    private final Consumer<Map<String, PeerAddress>> told;

    /**
     * Begins with what is given.
     *
     * @param given addresses by peer
     * @param told is given all addresses when one is learned, in the order in which they are
     */
    AddressBook(Map<String, PeerAddress> given, Consumer<Map<String, PeerAddress>> told) {
        this.given = Map.copyOf(given);
        this.all = new ConcurrentHashMap<>(given);
        this.told = told;
    }

    /** Notes where a peer is, unless its address was given. */
    synchronized void learn(String peer, PeerAddress address) {
        if (!given.containsKey(peer) && !address.equals(all.put(peer, address))) {
            told.accept(Map.copyOf(all));
        }
    }

    /** Where a peer is, if known. */
    Optional<PeerAddress> of(String peer) {
        return Optional.ofNullable(all.get(peer));
    }
}
