package dev.coord.raft.internal.client;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a peer knows of its Raft group.
 *
 * @param term the current term of this peer
 * @param leader the id of the leader of that term, null if not known
 * @param leading whether this peer is the leader
 * @param ready whether this peer leads and has committed an entry of its own term
 * @param commitIndex the index this peer knows to be committed
 * @param voters the ids of the voting peers
 * @param oldVoters the ids of the voting peers of the configuration being left, empty when none is
 */
public record RaftStatus(
        long term,
        @Nullable String leader,
        boolean leading,
        boolean ready,
        long commitIndex,
        Set<String> voters,
        Set<String> oldVoters) {

    /** Whether the peer knows of members, and one is none of them, nor one of those whom a change under way replaces. */
    public boolean leavesOut(String peer) {
        return !voters.isEmpty() && !voters.contains(peer) && !oldVoters.contains(peer);
    }
}
