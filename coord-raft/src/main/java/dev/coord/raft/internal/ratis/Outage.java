package dev.coord.raft.internal.ratis;

import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.util.TimeDuration;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A follower that does not answer: one warning per outage, and pauses that grow. For one appender's thread. */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
    private static final int FIRST_PAUSE_MILLIS = 5;
    private static final int MAX_PAUSE_MILLIS = 100;

    private final RaftServer.Division division;
    private final FollowerInfo follower;
    private boolean reported;
    private @Nullable Timestamp since;
    private int pauseMillis = FIRST_PAUSE_MILLIS;

    Outage(RaftServer.Division division, FollowerInfo follower) {
        this.division = division;
        this.follower = follower;
    }

    /** Notes a failure, and waits a little before the next attempt. */
    void failed(Exception error) throws InterruptedException {
        if (since == null) {
            since = Timestamp.currentTime();
        }
        // A hiccup, or a peer that closes together with us or is still starting, is no news. To a new leader all were
        // silent before.
        int patience = division.properties().maxRpcTimeoutMs();
        if (!reported && silentMillis() > patience && since.elapsedTimeMs() > patience) {
            reported = true;
            LOG.warn(
                    "{}: follower {} does not answer ({}); it will be sent what it misses when it does",
                    division.getId(),
                    follower.getId(),
                    Failures.describe(error));
        }
        TimeDuration.valueOf(pauseMillis, TimeUnit.MILLISECONDS).sleep();
        pauseMillis = Math.min(MAX_PAUSE_MILLIS, pauseMillis * 2);
    }

    private long silentMillis() {
        return follower.getLastRpcResponseTime().elapsedTimeMs();
    }

    /** Notes that the follower answered, or that there was nothing to ask. */
    void over() {
        pauseMillis = FIRST_PAUSE_MILLIS;
        since = null;
        if (reported && silentMillis() < division.properties().minRpcTimeoutMs()) {
            reported = false;
            LOG.info("{}: follower {} answers again", division.getId(), follower.getId());
        }
    }
}
