package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.client.StateMachine;
import dev.coord.raft.internal.transport.Transport;
import dev.coord.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link RatisNode}.
 *
 * @param clusterId names the Raft group; peers of another cluster are refused
 * @param selfId the id of this peer
 * @param members the ids of the first configuration, with this peer; empty for a peer that is to be added to a cluster
 *     that exists. Without effect once the log holds a configuration.
 * @param directory the directory of log and snapshots, of this peer alone
 * @param electionTimeoutMin the shortest time without a leader after which a peer calls an election
 * @param electionTimeoutMax the longest such time
 * @param snapshotEntries a snapshot is written after so many entries
 * @param snapshotBytes a snapshot is written after so many bytes of entries
 * @param segmentBytes the size of a file of the log
 * @param retainedEntries so many entries stay in the log though a snapshot has them, for followers that lag
 * @param maxEntryBytes a longer entry is refused
 * @param retryCacheExpiry how long Ratis remembers entries by their call id; memory only, we do not use it
 * @param minFreeBytes the free disk space needed to start
 * @param transport carries the messages; the caller starts and closes it
 * @param stateMachine the replica that Raft drives
 * @param ticker measures how long closing may take
 * @param figures what Ratis measures is told to them
 * @param onFailed told once when Raft has failed and this peer must be closed: the log could not be written, say; called
 *     on any thread, must not block
 */
public record RatisNodeConfig(
        String clusterId,
        String selfId,
        Set<String> members,
        Path directory,
        Duration electionTimeoutMin,
        Duration electionTimeoutMax,
        long snapshotEntries,
        long snapshotBytes,
        long segmentBytes,
        long retainedEntries,
        int maxEntryBytes,
        Duration retryCacheExpiry,
        long minFreeBytes,
        Transport transport,
        StateMachine stateMachine,
        Ticker ticker,
        RatisFigures figures,
        Consumer<Throwable> onFailed) {

    /** Checks the settings and their relations. */
    public RatisNodeConfig {
        members = Set.copyOf(members);
        require(!clusterId.isEmpty(), "clusterId is empty");
        require(!selfId.isEmpty(), "selfId is empty");
        require(members.isEmpty() || members.contains(selfId), "members " + members + " lack this peer, " + selfId);
        require(electionTimeoutMin.toMillis() > 0, "electionTimeoutMin must be at least a millisecond");
        require(
                electionTimeoutMin.compareTo(electionTimeoutMax) < 0,
                "electionTimeoutMin must be below electionTimeoutMax: peers must not campaign all at once");
        require(snapshotEntries > 0 && snapshotBytes > 0, "snapshot thresholds must be positive");
        require(retainedEntries >= 0, "retainedEntries is negative");
        require(maxEntryBytes > 0 && maxEntryBytes <= 64 << 20, "maxEntryBytes must be 1 to 64 MiB");
        require(segmentBytes >= 64 << 10, "segmentBytes must be at least 64 KiB");
        require(minFreeBytes >= 0, "minFreeBytes is negative");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Returns a builder with the defaults for production. Not safe for use by several threads. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds settings. */
    public static final class Builder {
        private @Nullable String clusterId;
        private @Nullable String selfId;
        private Set<String> members = Set.of();
        private @Nullable Path directory;
        private Duration electionTimeoutMin = Duration.ofSeconds(1);
        private Duration electionTimeoutMax = Duration.ofSeconds(2);
        private long snapshotEntries = 50_000;
        private long snapshotBytes = 64L << 20;
        private long segmentBytes = 8L << 20;
        private long retainedEntries = 10_000;
        private int maxEntryBytes = 2 << 20;
        private Duration retryCacheExpiry = Duration.ofSeconds(2);
        private long minFreeBytes = 64L << 20;
        private @Nullable Transport transport;
        private @Nullable StateMachine stateMachine;
        private Ticker ticker = Ticker.system();
        private @Nullable RatisFigures figures;
        private @Nullable Consumer<Throwable> onFailed;

        private Builder() {}

        /** Names the Raft group. Required. */
        public Builder clusterId(String value) {
            clusterId = value;
            return this;
        }

        /** The id of this peer. Required. */
        public Builder selfId(String value) {
            selfId = value;
            return this;
        }

        /** The ids of the first configuration; none for a peer to be added later. */
        public Builder members(Set<String> value) {
            members = value;
            return this;
        }

        /** The directory of this peer alone. Required. */
        public Builder directory(Path value) {
            directory = value;
            return this;
        }

        /** The bounds between which a peer waits for a leader before it campaigns: 1 to 2 seconds. */
        public Builder electionTimeout(Duration min, Duration max) {
            electionTimeoutMin = min;
            electionTimeoutMax = max;
            return this;
        }

        /** When a snapshot is due: after 50,000 entries or 64 MiB. */
        public Builder snapshotAfter(long entries, long bytes) {
            snapshotEntries = entries;
            snapshotBytes = bytes;
            return this;
        }

        /** The size of a file of the log: 8 MiB. */
        public Builder segmentBytes(long value) {
            segmentBytes = value;
            return this;
        }

        /** How many entries stay in the log behind a snapshot: 10,000. */
        public Builder retainedEntries(long value) {
            retainedEntries = value;
            return this;
        }

        /** The longest entry: 2 MiB. */
        public Builder maxEntryBytes(int value) {
            maxEntryBytes = value;
            return this;
        }

        /** How long Ratis remembers call ids: 2 seconds. */
        public Builder retryCacheExpiry(Duration value) {
            retryCacheExpiry = value;
            return this;
        }

        /** The free disk space needed to start: 64 MiB. */
        public Builder minFreeBytes(long value) {
            minFreeBytes = value;
            return this;
        }

        /** What carries the messages. Required. */
        public Builder transport(Transport value) {
            transport = value;
            return this;
        }

        /** The replica that Raft drives. Required. */
        public Builder stateMachine(StateMachine value) {
            stateMachine = value;
            return this;
        }

        /** The clock: the system's. */
        public Builder ticker(Ticker value) {
            ticker = value;
            return this;
        }

        /** What is told what Ratis measures: nobody. */
        public Builder figures(RatisFigures value) {
            figures = value;
            return this;
        }

        /** Told when Raft has failed. Required. */
        public Builder onFailed(Consumer<Throwable> value) {
            onFailed = value;
            return this;
        }

        /** Returns the settings. */
        public RatisNodeConfig build() {
            return new RatisNodeConfig(
                    Objects.requireNonNull(clusterId, "clusterId"),
                    Objects.requireNonNull(selfId, "selfId"),
                    members,
                    Objects.requireNonNull(directory, "directory"),
                    electionTimeoutMin,
                    electionTimeoutMax,
                    snapshotEntries,
                    snapshotBytes,
                    segmentBytes,
                    retainedEntries,
                    maxEntryBytes,
                    retryCacheExpiry,
                    minFreeBytes,
                    Objects.requireNonNull(transport, "transport"),
                    Objects.requireNonNull(stateMachine, "stateMachine"),
                    ticker,
                    figures == null ? new RatisFigures(ticker) : figures,
                    Objects.requireNonNull(onFailed, "onFailed"));
        }
    }
}
