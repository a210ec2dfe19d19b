package dev.coord.raft.internal.ratis;

import java.util.Locale;

/** Those of the figures that Ratis keeps which tell something of a peer of ours. */
public enum RatisFigure {
    WRITE("write", Kind.TIMER, "server", "clientWriteRequest", "From an entry's submission to its application"),
    WRITES_FAILED("writes.failed", Kind.COUNTER, "server", "numFailedClientWriteOnServer", "Entries not applied"),
    PENDING("pending", Kind.GAUGE, "server", "numPendingRequestInQueue", "Entries on their way, at the Raft leader"),
    LIMITED("limited", Kind.COUNTER, "server", "numResourceLimitHits", "Entries refused by Ratis's own bounds"),
    APPEND("append", Kind.TIMER, "server", "follower_append_entry_latency", "Appending entries as a follower"),
    HEARTBEAT("heartbeat", Kind.TIMER, "server", "follower_append_entry_latency_heartbeat", "Heartbeats as a follower"),
    RETRY_CACHE("retry.cache", Kind.GAUGE, "server", "retryCacheEntryCount", "Entries of Ratis's retry cache"),
    SNAPSHOTS_INSTALLED("snapshots.installed", Kind.COUNTER, "server", "numInstallSnapshot", "From the Raft leader"),
    COMMIT_INDEX("commit.index", Kind.MEMBER_GAUGE, "server", "%s_peerCommitIndex", "Committed, as known here"),
    FOLLOWER_SILENCE(
            "follower.silence", Kind.MEMBER_NANOS, "server", "%s_lastHeartbeatElapsedTime", "Since its last answer"),
    FOLLOWER_MATCH(
            "follower.match.index",
            Kind.MEMBER_GAUGE,
            "log_appender",
            "follower_%s_match_index",
            "In the member's log"),

    ELECTION("election", Kind.TIMER, "leader_election", "electionTime", "Elections held by this peer"),
    ELECTIONS_WON(
            "elections.won", Kind.COUNTER, "leader_election", "electionCount", "Times this peer became the leader"),
    ELECTION_TIMEOUTS(
            "elections.timeouts", Kind.COUNTER, "leader_election", "timeoutCount", "Elections without outcome"),
    LEADER_ABSENT(
            "leader.absent",
            Kind.MILLIS,
            "leader_election",
            "lastLeaderElapsedTime",
            "For how long no Raft leader is known"),

    LOG_ENTRIES("log.entries", Kind.COUNTER, "log_worker", "appendEntryCount", "Entries appended to the log"),
    LOG_APPEND("log.append", Kind.TIMER, "log_worker", "appendEntryLatency", "From an entry's enqueuing to the disk"),
    LOG_QUEUED("log.queued", Kind.TIMER, "log_worker", "enqueuedTime", "In the log writer's queue"),
    LOG_QUEUE("log.queue", Kind.GAUGE, "log_worker", "dataQueueSize", "Length of the log writer's queue"),
    LOG_FLUSH("log.flush", Kind.TIMER, "log_worker", "flushTime", "Flushes of the log"),
    LOG_SYNC("log.sync", Kind.TIMER, "log_worker", "syncTime", "Of these, on the disk"),
    LOG_SYNC_BATCH("log.sync.batch", Kind.GAUGE, "log_worker", "syncBatchSize", "Entries of the last flush"),
    LOG_READ("log.read", Kind.TIMER, "log_worker", "readEntryLatency", "Reading entries that left the cache"),
    LOG_PURGE("log.purge", Kind.TIMER, "log_worker", "purgeLog", "Deletions of the log behind a snapshot"),
    LOG_SEGMENTS("log.segments", Kind.GAUGE, "log_worker", "closedSegmentsNum", "Files of the log, full ones"),

    SNAPSHOT("snapshot", Kind.TIMER, "state_machine", "takeSnapshot", "Starting snapshots");

    private final String title;
    private final Kind kind;
    private final String key;
    private final String description;

    RatisFigure(String title, Kind kind, String component, String ratisName, String description) {
        this.title = title;
        this.kind = kind;
        this.key = key(component, ratisName);
        this.description = description;
    }

    /** What a figure is. */
    public enum Kind {
        /** A number of times and how long they took. */
        TIMER,
        /** A number of times. */
        COUNTER,
        /** A number of the moment. */
        GAUGE,
        /** A time of the moment, in milliseconds. */
        MILLIS,
        /** A number of the moment for each member. */
        MEMBER_GAUGE,
        /** A time of the moment for each other member, in nanoseconds. */
        MEMBER_NANOS
    }

    static String key(String component, String ratisName) {
        return component + "." + ratisName;
    }

    /** What we call it. */
    public String title() {
        return title;
    }

    /** What it is. */
    public Kind kind() {
        return kind;
    }

    /** What it tells. */
    public String description() {
        return description;
    }

    /** How Ratis calls it. */
    String key() {
        return key;
    }

    /** How Ratis calls it for a member. */
    String key(String member) {
        return String.format(Locale.ROOT, key, member);
    }
}
