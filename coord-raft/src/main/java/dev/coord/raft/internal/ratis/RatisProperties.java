package dev.coord.raft.internal.ratis;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Our settings as those of Ratis. What is not set here is never used, or its default is what we want. */
final class RatisProperties {
    /** What Ratis adds to an entry: client id, call id, term, index, framing. */
    private static final int ENTRY_OVERHEAD = 1024;

    private static final long PREALLOCATED = 1 << 20;
    private static final long SNAPSHOT_CHUNK = 1 << 20;
    private static final Duration NEVER = Duration.ofDays(1);

    private RatisProperties() {}

    /** The most bytes of entries in one message between peers. */
    static int appenderLimit(RatisNodeConfig config) {
        return config.maxEntryBytes() + ENTRY_OVERHEAD;
    }

    static RaftProperties of(RatisNodeConfig config) {
        RaftProperties properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, new CoordRpcType());
        storage(properties, config);
        elections(properties, config);
        log(properties, config);
        snapshots(properties, config);
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, time(config.retryCacheExpiry()));
        RaftServerConfigKeys.Read.ReadAfterWriteConsistent.setWriteIndexCacheExpiryTime(
                properties, time(config.retryCacheExpiry()));
        return properties;
    }

    private static void storage(RaftProperties properties, RatisNodeConfig config) {
        File directory = config.directory().toFile();
        RaftServerConfigKeys.setStorageDir(properties, List.of(directory));
        RaftServerConfigKeys.setRemovedGroupsDir(properties, new File(directory, "removed"));
        // We check for space ourselves, with a clearer error.
        RaftServerConfigKeys.setStorageFreeSpaceMin(properties, SizeInBytes.valueOf(0));
    }

    private static void elections(RaftProperties properties, RatisNodeConfig config) {
        TimeDuration min = time(config.electionTimeoutMin());
        TimeDuration max = time(config.electionTimeoutMax());
        TimeDuration pause = max.compareTo(TimeDuration.ONE_SECOND) > 0 ? max : TimeDuration.ONE_SECOND;
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, min);
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, max);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, min);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, max);
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, max);
        RaftServerConfigKeys.Rpc.setSlownessTimeout(properties, time(NEVER));
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, pause);
        RaftServerConfigKeys.setSleepDeviationThreshold(properties, pause);
        // Ratis would close the server for good after a pause of the JVM this long.
        RaftServerConfigKeys.setCloseThreshold(properties, time(NEVER));
        RaftServerConfigKeys.Notification.setNoLeaderTimeout(properties, time(NEVER));
    }

    private static void log(RaftProperties properties, RatisNodeConfig config) {
        int limit = appenderLimit(config);
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(config.segmentBytes()));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(2 * config.segmentBytes()));
        RaftServerConfigKeys.Log.setPreallocatedSize(
                properties, SizeInBytes.valueOf(Math.min(PREALLOCATED, config.segmentBytes())));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(limit + 64));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(limit));
        RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, true);
        RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(properties, SizeInBytes.valueOf(SNAPSHOT_CHUNK));
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
    }

    private static void snapshots(RaftProperties properties, RatisNodeConfig config) {
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties, config.retainedEntries());
        RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
    }

    private static TimeDuration time(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
