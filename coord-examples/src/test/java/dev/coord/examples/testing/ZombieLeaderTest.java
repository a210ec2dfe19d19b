package dev.coord.examples.testing;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coord.Coord;
import dev.coord.kv.Op;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.Leadership;
import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.Faults;
import dev.coord.testkit.Peer;
import dev.coord.testkit.TestCluster;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ZombieLeaderTest {
    @RegisterExtension
    static final CoordExtension coord = CoordExtension.peers(3); // or .simulated(), which changes nothing else

    @Test
    void formerLeader_cannotWriteOnceAnotherLeads(
            TestCluster cluster, Faults faults, @Peer("n1") Coord one, @Peer("n2") Coord two) throws Exception {
        Coord shortLived = cluster.open("n1", Duration.ofSeconds(1));
        Leadership first = LeaderElection.on(shortLived, "/elections/billing").campaign("n1");
        CompletableFuture<Leadership> next =
                LeaderElection.on(two, "/elections/billing").campaignAsync("n2");

        faults.isolate("n1"); // n1 does not know yet that it leads no more
        Leadership second = cluster.await(next);
        assertFalse(first.isValid(), "over before the next one began");
        faults.heal();

        assertFalse(bill(one, first), "what the zombie had still to write");
        assertTrue(bill(two, second));
    }

    private static boolean bill(Coord coord, Leadership leadership) throws InterruptedException {
        return coord.kv()
                .txn()
                .when(leadership.guard())
                .then(Op.put("/billing/last-run", "today"))
                .commit()
                .succeeded();
    }
}
