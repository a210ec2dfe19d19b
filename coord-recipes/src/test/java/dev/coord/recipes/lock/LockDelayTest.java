package dev.coord.recipes.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A lock with a delay whose holder has failed, and what its end waits for. */
class LockDelayTest {
    private static final String PATH = "/locks/delayed";
    private static final Duration TTL = Duration.ofSeconds(2);
    private static final Duration DELAY = Duration.ofMinutes(1);

    private final SimulatedCluster cluster = SimulatedCluster.builder().seed(1).start();
    private final Coord coord = cluster.open("n1", TTL);
    private final LockHandle held =
            cluster.await(DistributedLock.on(coord, PATH).withLockDelay(DELAY).acquireAsync());

    @AfterEach
    void stop() {
        cluster.close();
    }

    /** The delay begins: the session has lapsed, and recovers. */
    private void lapse() {
        cluster.faults().isolate("n1");
        cluster.runUntil("its loss", TTL.multipliedBy(2), () -> held.lost().isDone());
        cluster.faults().heal();
    }

    @Test
    void close_whileTheDelayRuns_isDoneWhenTheDelayIsOver() {
        lapse();
        CompletableFuture<Void> released = held.closeAsync();
        cluster.advance(DELAY.dividedBy(2));
        assertThat(released).isNotDone();
        cluster.advance(DELAY.dividedBy(2).plusSeconds(1));
        assertThat(released).isCompleted();
    }

    @Test
    void close_whileTheDelayRuns_isDoneWhenTheHandleIsClosed_whichEndsTheDelay() {
        lapse();
        CompletableFuture<Void> released = held.closeAsync();
        coord.close();
        cluster.runUntil("its end", TTL, released::isDone);
        cluster.await(DistributedLock.on(cluster.coord("n2"), PATH).acquireAsync())
                .close();
    }

    @Test
    void close_whileTheDelayRuns_andTheSessionExpires_isDoneWhenTheDelayIsOver() {
        cluster.faults().isolate("n1");
        CompletableFuture<LockHandle> next =
                DistributedLock.on(cluster.coord("n2"), PATH).acquireAsync();
        cluster.runUntil("its loss", TTL.multipliedBy(2), () -> held.lost().isDone());
        cluster.advance(TTL.multipliedBy(2));
        cluster.faults().heal();
        CompletableFuture<Void> released = held.closeAsync();
        cluster.advance(DELAY.dividedBy(2));
        assertThat(coord.session().expired()).isDone();
        assertThat(released).isNotDone();
        cluster.await(next).close();
        cluster.runUntil("its end", TTL, released::isDone);
    }
}
