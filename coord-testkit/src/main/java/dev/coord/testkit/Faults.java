package dev.coord.testkit;

import java.util.Collection;
import java.util.List;

/**
 * What may go wrong in any {@link TestCluster}. Faults last until they are ended. Peers that a fault names must exist, else
 * an {@link IllegalArgumentException} says which do.
 */
public interface Faults {

    /**
     * Lets peers reach only those of their own group, both ways; peers in no group form one more. Replaces the partition
     * before.
     *
     * @param groups of peers' ids
     */
    void partition(Collection<? extends Collection<String>> groups);

    /**
     * Cuts peers off from all others; they still reach each other. Replaces the partition before.
     *
     * @param peers their ids
     */
    default void isolate(String... peers) {
        partition(List.of(List.of(peers)));
    }

    /**
     * Loses every message from one peer to another, but not the other way.
     *
     * @param from the sender
     * @param to the receiver, another peer
     */
    void cut(String from, String to);

    /** Ends the partition and all cuts. */
    void heal();

    /**
     * Ends a running peer as a crash would: nobody is told, its sessions are left to expire, and what it had not written
     * is lost.
     *
     * @param peer its id
     */
    void crash(String peer);

    /**
     * Starts a crashed peer on what it had written.
     *
     * @param peer its id
     */
    void restart(String peer);

    /** Ends every fault: heals the network and restarts the crashed peers; what is simulated besides ends too. */
    void endAll();
}
