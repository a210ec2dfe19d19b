package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.client.RaftStatus;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/** Reads the status from Ratis, which changes it bit by bit: a leader's is read within one term, or it is not a leader's. */
final class StatusReader {
    private static final int ATTEMPTS = 3;

    private final RaftServer.Division division;
    private volatile @Nullable Members members;

    StatusReader(RaftServer.Division division) {
        this.division = division;
    }

    RaftStatus read(boolean down) {
        DivisionInfo info = division.getInfo();
        Members now = members();
        for (int i = 0; i < ATTEMPTS && !down && info.isAlive(); i++) {
            long term = info.getCurrentTerm();
            RaftPeerId leader = info.getLeaderId();
            boolean ready = info.isLeaderReady();
            boolean leading = info.isLeader();
            long commit = division.getRaftLog().getLastCommittedIndex();
            if (term == info.getCurrentTerm()) {
                return new RaftStatus(
                        term, leaderId(leader, leading), leading, leading && ready, commit, now.current, now.old);
            }
        }
        long commit = division.getRaftLog().getLastCommittedIndex();
        return new RaftStatus(info.getCurrentTerm(), null, false, false, commit, now.current, now.old);
    }

    /** Ratis names us leader a moment before or after it makes us one: between the two, no leader is known. */
    private @Nullable String leaderId(@Nullable RaftPeerId leader, boolean leading) {
        RaftPeerId self = division.getId();
        if (leading) {
            return self.toString();
        }
        return leader == null || leader.equals(self) ? null : leader.toString();
    }

    private Members members() {
        RaftConfiguration configuration = division.getRaftConf();
        Members cached = members;
        if (cached == null || cached.source != configuration) {
            cached = new Members(
                    configuration, ids(configuration.getCurrentPeers()), ids(configuration.getPreviousPeers()));
            members = cached;
        }
        return cached;
    }

    static Set<String> ids(Collection<RaftPeer> peers) {
        return peers.stream().map(peer -> peer.getId().toString()).collect(Collectors.toUnmodifiableSet());
    }

    private record Members(RaftConfiguration source, Set<String> current, Set<String> old) {}
}
