package dev.coord.recipes.contract;

import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.TestCluster;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class RealSagaTakeoverContractTest extends SagaTakeoverContract {
    @RegisterExtension
    static final CoordExtension cluster = CoordExtension.peers(3);

    @Override
    protected TestCluster cluster() {
        return cluster.cluster();
    }
}
