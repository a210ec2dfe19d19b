package dev.coord.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.testkit.JUnitRun;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contracts on more seeds than the one of each run. */
@Timeout(120)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class SimulatedContractsTest {
    private static final String SEED = "coord.seed";

    private @Nullable String before;

    @BeforeEach
    void remember() {
        before = System.getProperty(SEED);
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(SEED);
        } else {
            System.setProperty(SEED, before);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void contracts_holdOnEverySeed(int seed) {
        System.setProperty(SEED, Integer.toString(seed));
        JUnitRun run = JUnitRun.of(
                SimulatedKvContractTest.class,
                SimulatedTxnContractTest.class,
                SimulatedConsistencyContractTest.class,
                SimulatedLeaseContractTest.class,
                SimulatedMessengerContractTest.class,
                SimulatedSessionContractTest.class,
                SimulatedWatchContractTest.class);
        assertThat(run.failed).isEmpty();
        assertThat(run.passed).hasSizeGreaterThan(70);
    }
}
