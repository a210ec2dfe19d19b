package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Value;
import dev.coord.recipes.membership.Group;
import dev.coord.recipes.membership.JoinResult;
import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class SimulatedGroupContractTest extends GroupContract {
    @RegisterExtension
    static final CoordExtension cluster = CoordExtension.peers(3).simulated();

    @Override
    protected TestCluster cluster() {
        return cluster.cluster();
    }

    /** Takes an operation timeout: on real peers ten seconds in which nothing happens. */
    @Test
    void joinWhereNoMajorityIsReached_leavesNoMemberBehind() {
        String away = leader();
        List<String> others = othersThan(away);
        Coord own = cluster().open(away, Duration.ofSeconds(20));
        cluster().faults().isolate(away);
        CompletableFuture<JoinResult> joining = group(own).joinAsync("a", Value.EMPTY);
        CompletableFuture<JoinResult> givenUp = group(own).joinAsync("b", Value.EMPTY);
        aMoment();
        givenUp.cancel(false);
        Throwable failure = failure(joining);
        assertThat(failure).isInstanceOf(UnavailableException.class);
        cluster().faults().heal();
        Group seen = group(cluster().coord(others.get(0)));
        await(own.kv().getAsync("/", Consistency.linearizable()));
        eventually("nobody is there", () -> seen.members().size() == 0);
        aMoment();
        eventually("nobody is there", () -> seen.members().size() == 0);
        own.close();
    }
}
