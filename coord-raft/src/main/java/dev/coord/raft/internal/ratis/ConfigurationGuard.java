package dev.coord.raft.internal.ratis;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the latest configuration that the leader sent. Ratis forgets one if the same append also replaces entries: it
 * notes the configurations first and then cuts them off with what it replaces, though they are in the log. A candidate would
 * then count the votes of former members only. It forgets for a moment, too, when entries before it are sent again.
 */
final class ConfigurationGuard {
    private final RaftServer.Division division;
    private volatile @Nullable Seen latest;
    private volatile @Nullable Timestamp since;

    ConfigurationGuard(RaftServer.Division division) {
        this.division = division;
    }

    /** A configuration, and where in the log it was. */
    private record Seen(TermIndex at, Set<String> voters, Set<String> oldVoters) {
        static Seen of(LogEntryProto entry) {
            RaftConfigurationProto configuration = entry.getConfigurationEntry();
            return new Seen(
                    TermIndex.valueOf(entry), ids(configuration.getPeersList()), ids(configuration.getOldPeersList()));
        }

        private static Set<String> ids(List<RaftPeerProto> peers) {
            return peers.stream().map(peer -> peer.getId().toStringUtf8()).collect(Collectors.toSet());
        }

        boolean isSameAs(RaftConfiguration known) {
            return voters.equals(StatusReader.ids(known.getCurrentPeers()))
                    && oldVoters.equals(StatusReader.ids(known.getPreviousPeers()));
        }
    }

    /** Notes what an append brings, before Ratis sees it. */
    void sees(AppendEntriesRequestProto request) {
        for (int i = request.getEntriesCount() - 1; i >= 0; i--) {
            if (request.getEntries(i).hasConfigurationEntry()) {
                sees(request.getEntries(i));
                return;
            }
        }
    }

    /** Notes an entry of the log, if it is a configuration. */
    void sees(LogEntryProto entry) {
        if (entry.hasConfigurationEntry()) {
            Seen seen = Seen.of(entry);
            Seen before = latest;
            if (before == null || seen.at().compareTo(before.at()) > 0) {
                latest = seen;
            }
        }
    }

    /** Notes what Ratis goes by when it has been opened, which it has read from its log. */
    void begin() {
        RaftConfiguration known = division.getRaftConf();
        long index = known.getLogEntryIndex();
        if (index >= 0) {
            TermIndex at = division.getRaftLog().getTermIndex(index);
            latest = new Seen(
                    at == null ? TermIndex.valueOf(0, index) : at,
                    StatusReader.ids(known.getCurrentPeers()),
                    StatusReader.ids(known.getPreviousPeers()));
        }
    }

    /** Whether that has been so at each look for so long. What is sent again may bring it back. */
    boolean isForgottenFor(long millis) {
        if (!isForgotten()) {
            since = null;
            return false;
        }
        Timestamp first = since;
        if (first == null) {
            since = Timestamp.currentTime();
            return false;
        }
        return first.elapsedTimeMs() >= millis;
    }

    /** Whether the log holds a later configuration, of other members, than Ratis goes by. */
    boolean isForgotten() {
        Seen seen = latest;
        if (seen == null) {
            return false;
        }
        RaftConfiguration known = division.getRaftConf();
        return known.getLogEntryIndex() < seen.at().getIndex() && !seen.isSameAs(known) && isHeld(seen.at());
    }

    /** Whether an entry is in the log, or in what a snapshot has of it. */
    private boolean isHeld(TermIndex entry) {
        RaftLog log = division.getRaftLog();
        return entry.getIndex() <= Math.max(log.getSnapshotIndex(), log.getLastCommittedIndex())
                || entry.equals(log.getTermIndex(entry.getIndex()));
    }
}
