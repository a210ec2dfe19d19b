package dev.coord.chaos.points;

import java.util.Locale;

/** A place in the code at which a process can be made to die: the beginning or the end of a method. */
enum Point {
    APPEND_BEFORE("org/apache/ratis/server/raftlog/segmented/SegmentedRaftLog", "appendEntryImpl", true, Where.ANY),
    APPEND_AFTER("org/apache/ratis/server/raftlog/segmented/SegmentedRaftLog", "appendEntryImpl", false, Where.ANY),
    FSYNC_BEFORE("org/apache/ratis/server/raftlog/segmented/BufferedWriteChannel", "flush", true, Where.ANY),
    FSYNC_AFTER("org/apache/ratis/server/raftlog/segmented/BufferedWriteChannel", "flush", false, Where.ANY),
    APPLY_BEFORE("dev/coord/raft/internal/ratis/RatisStateMachine", "applyTransaction", true, Where.ANY),
    APPLY_AFTER("dev/coord/raft/internal/ratis/RatisStateMachine", "applyTransaction", false, Where.ANY),
    SNAPSHOT_WRITE_BEFORE("dev/coord/raft/internal/ratis/SnapshotFile", "write", true, Where.ANY),
    SNAPSHOT_WRITE_AFTER("dev/coord/raft/internal/ratis/SnapshotFile", "write", false, Where.ANY),
    SNAPSHOT_RENAME_BEFORE("dev/coord/raft/internal/ratis/SnapshotStore", "publish", true, Where.ANY),
    SNAPSHOT_RENAME_AFTER("dev/coord/raft/internal/ratis/SnapshotStore", "publish", false, Where.ANY),
    INSTALL_PUBLISH_BEFORE("org/apache/ratis/server/storage/SnapshotManager", "finalizeSnapshot", true, Where.BEHIND),
    INSTALL_PUBLISH_AFTER("org/apache/ratis/server/storage/SnapshotManager", "finalizeSnapshot", false, Where.BEHIND),
    INSTALL_BEFORE("dev/coord/raft/internal/ratis/RatisStateMachine", "reinitialize", true, Where.BEHIND),
    INSTALL_AFTER("dev/coord/raft/internal/ratis/RatisStateMachine", "reinitialize", false, Where.BEHIND),
    EXPIRY_BEFORE("dev/coord/raft/internal/client/LeaseKeeper", "expire", true, Where.LEADER),
    EXPIRY_AFTER("dev/coord/raft/internal/client/LeaseKeeper", "expire", false, Where.LEADER),
    WATCH_SEND_BEFORE("dev/coord/raft/internal/client/HubWatch", "deliver", true, Where.ANY),
    WATCH_SEND_AFTER("dev/coord/raft/internal/client/HubWatch", "deliver", false, Where.ANY),
    /** The answer to another peer, such as to a proposal that it forwarded or an append. */
    REPLY_BEFORE("dev/coord/raft/internal/transport/ServerHandler", "respond", true, Where.ANY),
    REPLY_AFTER("dev/coord/raft/internal/transport/ServerHandler", "respond", false, Where.ANY),
    /** The caller is about to be told. */
    TELL_BEFORE("dev/coord/raft/internal/client/Proposer", "settled", true, Where.ANY),
    TELL_AFTER("dev/coord/raft/internal/client/Proposer", "settled", false, Where.ANY);

    /** Whose code gets there. */
    enum Where {
        /** That of every peer. */
        ANY,
        /** That of the Raft leader. */
        LEADER,
        /** That of a peer that was away so long that its log is no more in the leader's. */
        BEHIND
    }

    private final String type;
    private final String method;
    private final boolean start;
    private final Where where;

    Point(String type, String method, boolean start, Where where) {
        this.type = type;
        this.method = method;
        this.start = start;
        this.where = where;
    }

    String type() {
        return type;
    }

    boolean isAt(String otherMethod, boolean atStart) {
        return method.equals(otherMethod) && start == atStart;
    }

    Where where() {
        return where;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Point of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
