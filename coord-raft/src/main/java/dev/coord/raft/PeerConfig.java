package dev.coord.raft;

import static java.util.Objects.requireNonNull;

import dev.coord.lease.Leases;
import dev.coord.raft.internal.client.ClientLimits;
import dev.coord.raft.internal.transport.PeerAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The checked settings of a peer. */
record PeerConfig(
        String cluster,
        String id,
        Map<String, PeerAddress> members,
        Path dataDirectory,
        @Nullable String listenHost,
        @Nullable TlsConfig tls,
        Duration electionTimeout,
        Duration sessionTtl,
        long snapshotEntries,
        long snapshotBytes,
        long retainedEntries,
        long minFreeBytes,
        Duration retryCacheExpiry,
        ClientLimits limits) {

    private static final Duration LONGEST = Duration.ofDays(36_500);

    PeerConfig {
        Members.checkId("cluster", cluster);
        Members.checkId("id", id);
        if (!members.containsKey(id)) {
            throw new InvalidConfigException("members " + members.keySet() + " lack this peer's id '" + id + "'");
        }
        within("election-timeout", electionTimeout, Duration.ofMillis(50), Duration.ofHours(1));
        within("operation-timeout", limits.operationTimeout(), Duration.ofMillis(1), LONGEST);
        within("history-age", limits.historyAge(), Duration.ofSeconds(1), LONGEST);
        within("progress-interval", limits.progressInterval(), Duration.ofMillis(1), LONGEST);
        within("session-ttl", sessionTtl, Leases.MIN_TTL, Leases.MAX_TTL);
        if (sessionTtl.compareTo(electionTimeout.multipliedBy(2)) < 0) {
            throw new InvalidConfigException("session-ttl " + sessionTtl + " is less than twice the election-timeout "
                    + electionTimeout + ": sessions would lapse whenever a Raft leader is replaced");
        }
        positive("history-revisions", limits.historyRevisions());
        positive("history-bytes", limits.historyBytes());
        positive("snapshot-entries", snapshotEntries);
        positive("snapshot-bytes", snapshotBytes);
        positive("max-in-flight", limits.maxInFlight());
        positive("max-leases", limits.maxLeases());
        positive("max-watches", limits.maxWatches());
    }

    private static void within(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new InvalidConfigException(name + " " + value + " is not within " + least + " and " + most);
        }
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new InvalidConfigException(name + " " + value + " is not positive");
        }
    }

    PeerAddress bindAddress() {
        PeerAddress own = requireNonNull(members.get(id));
        return listenHost == null ? own : new PeerAddress(listenHost, own.port());
    }
}
