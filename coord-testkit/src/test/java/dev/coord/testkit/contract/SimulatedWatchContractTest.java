package dev.coord.testkit.contract;

import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.TestCluster;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class SimulatedWatchContractTest extends WatchContract {
    private static final int HISTORY = 200;

    @RegisterExtension
    static final CoordExtension cluster = CoordExtension.peers(3).simulated().historyRevisions(HISTORY);

    @Override
    protected TestCluster cluster() {
        return cluster.cluster();
    }

    @Override
    protected int historyRevisions() {
        return HISTORY;
    }
}
