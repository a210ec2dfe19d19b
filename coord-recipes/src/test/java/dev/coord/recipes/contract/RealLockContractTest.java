package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.TestCluster;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class RealLockContractTest extends LockContract {
    @RegisterExtension
    static final CoordExtension cluster = CoordExtension.peers(3);

    @Override
    protected TestCluster cluster() {
        return cluster.cluster();
    }

    /** A closed peer has no timers that could end the delay. In simulation nobody is told of a peer's end. */
    @Test
    void closeDuringALockDelay_isDoneWhenThePeerIsClosed() throws Exception {
        String holder = othersThan(leader()).get(0);
        Coord coord = cluster().open(holder, TTL);
        LockHandle held = await(DistributedLock.on(coord, path())
                .withLockDelay(Duration.ofSeconds(3))
                .acquireAsync());
        cluster().faults().isolate(holder);
        await(held.lost());
        CompletableFuture<Void> released = held.closeAsync();
        aMoment();
        assertThat(released).isNotDone();
        cluster().faults().crash(holder);
        released.get(2, TimeUnit.SECONDS);
        cluster().faults().endAll();
    }
}
