package dev.coord.recipes.contract;

import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.TestCluster;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class SimulatedSagaTakeoverContractTest extends SagaTakeoverContract {
    @RegisterExtension
    static final CoordExtension cluster = CoordExtension.peers(3).simulated();

    @Override
    protected TestCluster cluster() {
        return cluster.cluster();
    }
}
