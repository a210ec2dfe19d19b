package dev.coord.raft.internal.ratis;

import java.io.IOException;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a follower a snapshot, chunk by chunk, because the log no longer holds what it misses. */
final class SnapshotSender {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);

    private final LogAppender appender;
    private final RatisRpc rpc;

    SnapshotSender(LogAppender appender, RatisRpc rpc) {
        this.appender = appender;
        this.rpc = rpc;
    }

    void send(SnapshotInfo snapshot) throws IOException {
        FollowerInfo follower = appender.getFollower();
        long index = snapshot.getTermIndex().getIndex();
        LOG.info(
                "{}: sending follower {} the snapshot at {}: it needs entry {}, the log begins at {}",
                appender.getServer().getId(),
                follower.getId(),
                index,
                follower.getNextIndex(),
                appender.getRaftLog().getStartIndex());
        for (InstallSnapshotRequestProto chunk :
                appender.newInstallSnapshotRequests(UUID.randomUUID().toString(), snapshot)) {
            follower.updateLastRpcSendTime(false);
            InstallSnapshotReplyProto reply = rpc.installSnapshot(chunk);
            follower.updateLastRpcResponseTime();
            if (!reply.getServerReply().getSuccess()) {
                refused(reply);
                return;
            }
        }
        follower.setSnapshotIndex(index);
        follower.setAttemptedToInstallSnapshot();
    }

    private void refused(InstallSnapshotReplyProto reply) throws IOException {
        if (reply.getResult() == InstallSnapshotResult.NOT_LEADER) {
            appender.onFollowerTerm(reply.getTerm());
        }
        throw new IOException("the snapshot was refused: " + reply.getResult());
    }
}
