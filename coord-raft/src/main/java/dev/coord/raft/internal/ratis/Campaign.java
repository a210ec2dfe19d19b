package dev.coord.raft.internal.ratis;

import java.io.IOException;
import java.util.Objects;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls an election without waiting for the timeout, as the old leader does when it hands over. Ratis checks under its lock
 * that term and leader are still those we name.
 */
final class Campaign {
    private static final Logger LOG = LoggerFactory.getLogger(Campaign.class);

    /** What Ratis takes for the end of an empty log. */
    private static final TermIndex NO_ENTRY = TermIndex.valueOf(0, 0);

    private final RaftServer server;
    private final RaftServer.Division division;
    private final RaftGroupId groupId;

    Campaign(RaftServer server, RaftServer.Division division, RaftGroupId groupId) {
        this.server = server;
        this.division = division;
        this.groupId = groupId;
    }

    /** Notes term and leader now; the task returned calls the election if they are still the same. */
    Runnable prepare() {
        DivisionInfo info = division.getInfo();
        long term = info.getCurrentTerm();
        RaftPeerId leader = info.getLeaderId();
        return () -> run(term, leader);
    }

    private void run(long term, @Nullable RaftPeerId leader) {
        try {
            TermIndex last = Objects.requireNonNullElse(lastEntry(), NO_ENTRY);
            boolean voter = division.getRaftConf().getPeer(server.getId()) != null;
            // Ratis refuses one whose log ends before the term of the leader: it may lack entries.
            if (!voter || last.getTerm() < term || !division.getInfo().isFollower()) {
                return;
            }
            server.startLeaderElection(request(term, leader == null ? server.getId() : leader, last));
        } catch (IOException | RuntimeException e) {
            LOG.debug("{}: no election: {}", server.getId(), Failures.describe(e));
        }
    }

    /** The last entry of the log or of the snapshot, null if there is none. */
    @Nullable
    TermIndex lastEntry() {
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        if (last != null) {
            return last;
        }
        var snapshot = division.getStateMachine().getLatestSnapshot();
        return snapshot == null ? null : snapshot.getTermIndex();
    }

    private StartLeaderElectionRequestProto request(long term, RaftPeerId leader, TermIndex last) {
        return StartLeaderElectionRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(leader.toByteString())
                        .setReplyId(server.getId().toByteString())
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(groupId))
                        .setCallId(CallId.getAndIncrement()))
                .setLeaderLastEntry(TermIndexProto.newBuilder().setTerm(term).setIndex(last.getIndex()))
                .build();
    }
}
