package dev.coord.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.MethodName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs little test classes and looks at what they saw. */
@Timeout(120)
class CoordExtensionTest {
    /** The clusters that the classes below were given, by test. */
    private static final Map<String, TestCluster> seen = new ConcurrentHashMap<>();

    private final Leftovers leftovers = new Leftovers();

    @BeforeEach
    @AfterEach
    void forget() {
        seen.clear();
    }

    private void assertNothingLeft() {
        leftovers.assertNoThreads();
        assertThat(seen).isNotEmpty();
        assertThat(seen.values())
                .allSatisfy(cluster ->
                        assertThat(((RealCluster) cluster).directory()).doesNotExist());
    }

    // ---- a static field

    @TestMethodOrder(MethodName.class)
    static class OfTheClass {
        @RegisterExtension
        static final CoordExtension cluster = CoordExtension.peers(3);

        @BeforeAll
        static void beforeAll(Coord coord) throws Exception {
            coord.kv().put("/before-all", "1");
        }

        OfTheClass(TestCluster injected) {
            assertThat(injected).isSameAs(cluster.cluster());
        }

        @Test
        void a_leavesFaultsAndData(@Peer("n2") Coord two, Faults faults) throws Exception {
            seen.put("a", cluster.cluster());
            assertThat(two).isSameAs(cluster.coord("n2"));
            two.kv().put("/left", "1");
            faults.crash("n1");
            faults.isolate("n2");
        }

        @Test
        void b_findsTheDataAlone(@Peer("n1") Coord one, @Peer("n2") Coord two) throws Exception {
            seen.put("b", cluster.cluster());
            for (Coord coord : List.of(one, two)) {
                assertThat(coord.kv().get("/left")).isPresent();
                coord.kv().put("/written", "1");
            }
            assertThat(one.kv().get("/before-all")).isPresent();
        }

        @Nested
        class Within {
            @Test
            void usesTheSame(Coord coord) throws Exception {
                seen.put("nested", cluster.cluster());
                assertThat(Files.exists(((RealCluster) cluster.cluster()).directory()))
                        .isTrue();
                assertThat(coord.kv().get("/before-all")).isPresent();
            }
        }
    }

    @Test
    void staticField_isOneClusterForTheClass_withDataButWithoutFaultsOfTheTestBefore() {
        JUnitRun run = JUnitRun.of(OfTheClass.class);

        assertThat(run.failed).isEmpty();
        assertThat(run.passed).hasSize(3);
        assertThat(List.copyOf(seen.values())).hasSize(3).allMatch(cluster -> cluster == seen.get("a"));
        assertNothingLeft();
        assertThatThrownBy(OfTheClass.cluster::cluster)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("@RegisterExtension");
    }

    // ---- an instance field

    static class OfTheMethod {
        @RegisterExtension
        final CoordExtension cluster = CoordExtension.peers(1);

        @BeforeEach
        void beforeEach(Coord coord) throws Exception {
            assertThat(coord.kv().get("/mine")).isEmpty();
        }

        @Test
        void one(TestCluster injected, Coord coord) throws Exception {
            seen.put("one", injected);
            coord.kv().put("/mine", "1");
        }

        @Test
        void other(TestCluster injected, Coord coord) throws Exception {
            seen.put("other", injected);
            coord.kv().put("/mine", "1");
            throw new IllegalStateException("a test that fails");
        }
    }

    @Test
    void instanceField_isOneClusterForEachTest() {
        JUnitRun run = JUnitRun.of(OfTheMethod.class);

        assertThat(run.passed).hasSize(1);
        assertThat(run.failed).hasSize(1);
        assertThat(run.failed.values().iterator().next()).hasMessage("a test that fails");
        assertThat(seen.get("one")).isNotSameAs(seen.get("other"));
        assertNothingLeft();
    }

    @TestInstance(Lifecycle.PER_CLASS)
    static class OneInstance {
        @RegisterExtension
        final CoordExtension cluster = CoordExtension.peers(1);

        private final List<TestCluster> clusters = new ArrayList<>();

        @BeforeAll
        void beforeAll(TestCluster injected) {
            clusters.add(injected);
        }

        @Test
        void one(TestCluster injected) {
            clusters.add(injected);
            seen.put("one", injected);
        }

        @Test
        void other(TestCluster injected) {
            clusters.add(injected);
            assertThat(clusters).allMatch(cluster -> cluster == injected);
        }
    }

    @TestInstance(Lifecycle.PER_CLASS)
    static class InjectedOnce {
        @RegisterExtension
        static final CoordExtension cluster = CoordExtension.peers(1);

        private final Coord coord;

        InjectedOnce(Coord coord) {
            this.coord = coord;
        }

        @Test
        void works() throws Exception {
            seen.put("once", cluster.cluster());
            assertThat(coord.kv().put("/a", "1")).isPositive();
        }
    }

    @TestInstance(Lifecycle.PER_CLASS)
    static class ConstructorThatThrows {
        @RegisterExtension
        static final CoordExtension cluster = CoordExtension.peers(1);

        ConstructorThatThrows(TestCluster injected) {
            seen.put("thrown", injected);
            throw new IllegalStateException("a constructor that fails");
        }

        @Test
        void isNeverRun() {}
    }

    @Test
    void oneInstanceForTheClass_hasOneCluster_alsoInItsConstructor() {
        JUnitRun run = JUnitRun.of(OneInstance.class, InjectedOnce.class, ConstructorThatThrows.class);

        assertThat(run.failed).containsOnlyKeys("CoordExtensionTest$ConstructorThatThrows");
        assertThat(run.passed).hasSize(3);
        assertThat(seen).containsOnlyKeys("one", "once", "thrown");
        assertNothingLeft();
    }

    // ---- at once

    abstract static class OverTcp {
        /** Shared by the classes that extend this. */
        @RegisterExtension
        static final CoordExtension cluster = CoordExtension.peers(3).overTcp();

        private static final CyclicBarrier bothRun = new CyclicBarrier(2);

        @Test
        void runsBesideTheOther(TestCluster injected, @Peer("n3") Coord coord) throws Exception {
            seen.put(getClass().getSimpleName(), injected);
            bothRun.await(60, TimeUnit.SECONDS);
            assertThatThrownBy(cluster::cluster).hasMessageContaining("as a parameter");
            assertThat(coord.kv().get("/mine")).isEmpty();
            bothRun.await(60, TimeUnit.SECONDS);
            coord.kv().put("/mine", "1");
            injected.faults().crash("n1");
            injected.faults().restart("n1");
            bothRun.await(60, TimeUnit.SECONDS);
            assertThat(injected.coord("n1").kv().get("/mine")).isPresent();
            assertThatThrownBy(() -> injected.faults().isolate("n1"))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("in memory");
        }
    }

    static class One extends OverTcp {}

    static class Other extends OverTcp {}

    @Test
    void classesAtOnce_overTcp_haveAClusterEach() {
        JUnitRun run = JUnitRun.inParallel(One.class, Other.class);

        assertThat(run.failed).isEmpty();
        assertThat(seen).hasSize(2);
        assertThat(seen.get("One")).isNotSameAs(seen.get("Other"));
        assertNothingLeft();
    }

    // ---- simulated

    static class Simulated {
        @RegisterExtension
        final CoordExtension cluster = CoordExtension.peers(3).simulated();

        @Test
        void hasItsOwnParameters(
                SimulatedCluster injected, SimulatedFaults faults, TestCluster same, @Peer("n2") Coord coord)
                throws Exception {
            assertThat(cluster.simulation()).isSameAs(injected).isSameAs(same);
            faults.pause("n1");
            injected.advance(Duration.ofMinutes(1));
            assertThat(coord.kv().put("/a", "1")).isPositive();
        }

        @Test
        void fails(SimulatedCluster injected) {
            seen.put("failed", injected);
            throw new IllegalStateException("a test that fails");
        }
    }

    static class SimulatedForTheClass {
        @RegisterExtension
        static final CoordExtension cluster = CoordExtension.peers(3).simulated(7);

        @RepeatedTest(3)
        void everyFaultIsEnded(SimulatedCluster injected, SimulatedFaults faults) throws Exception {
            seen.put("class", injected);
            for (String id : injected.ids()) {
                injected.coord(id).kv().put("/a", id);
            }
            faults.disturbMessages(1, 0, Duration.ofSeconds(1));
            faults.skewClock("n1", 3);
            faults.pause("n1");
            faults.crash("n2");
            faults.cut("n3", "n1");
            faults.delayReplica("n3", Duration.ofDays(1));
        }
    }

    @Test
    void simulated_failureTellsTheSeed_whichIsTakenFromTheProperty() {
        JUnitRun run = JUnitRun.of(Simulated.class);
        long seed = ((SimulatedCluster) requireNonNull(seen.get("failed"))).seed();

        assertThat(run.passed).hasSize(1);
        assertThat(run.failed).hasSize(1);
        assertThat(run.failed.values().iterator().next().getSuppressed())
                .singleElement()
                .asString()
                .contains("replay it with -Dcoord.seed=" + seed);

        withSeed("42", () -> JUnitRun.of(Simulated.class));
        assertThat(((SimulatedCluster) requireNonNull(seen.get("failed"))).seed())
                .isEqualTo(42);
        assertThat(withSeed("many", () -> JUnitRun.of(Simulated.class)).failed.values())
                .hasSize(2)
                .allSatisfy(error -> assertThat(error).hasMessageContaining("-Dcoord.seed=many"));
        leftovers.assertNoThreads();
    }

    @Test
    void simulated_forTheClass_beginsEachTestWithoutFaults_atTheGivenSeed() {
        JUnitRun run = withSeed("", () -> JUnitRun.of(SimulatedForTheClass.class));

        assertThat(run.failed).isEmpty();
        assertThat(run.passed).hasSize(3);
        assertThat(((SimulatedCluster) requireNonNull(seen.get("class"))).seed())
                .isEqualTo(7);
        assertThatThrownBy(
                        () -> requireNonNull(seen.get("class")).coord("n1").kv().put("/a", "closed"))
                .isInstanceOf(RuntimeException.class);
    }

    private static JUnitRun withSeed(String seed, Supplier<JUnitRun> run) {
        String before = System.getProperty("coord.seed");
        System.setProperty("coord.seed", seed);
        try {
            return run.get();
        } finally {
            if (before == null) {
                System.clearProperty("coord.seed");
            } else {
                System.setProperty("coord.seed", before);
            }
        }
    }

    // ---- misuse

    static class Misuse {
        @RegisterExtension
        static final CoordExtension cluster = CoordExtension.peers(1);

        @Test
        void peerThatIsNone(@Peer("n9") Coord coord) {}

        @Test
        void simulationOfRealPeers(SimulatedFaults faults) {}

        @Test
        void peerOfACluster(@Peer("n1") TestCluster injected) {}

        @Test
        void faultAtAPeerThatIsNone(Faults faults) {
            seen.put("misuse", cluster.cluster());
            assertThatThrownBy(() -> faults.crash("n9")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> faults.cut("n1", "n9")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> faults.isolate("n9")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> faults.restart("n1")).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void misuse_isToldWhatToDo() {
        JUnitRun run = JUnitRun.of(Misuse.class);

        assertThat(run.passed).hasSize(1);
        assertThat(run.failed.get("peerThatIsNone(Coord)"))
                .isInstanceOf(ParameterResolutionException.class)
                .hasMessageContaining("n9")
                .hasMessageContaining("[n1]");
        assertThat(run.failed.get("peerOfACluster(TestCluster)")).hasMessageContaining("before a Coord");
        assertThat(run.failed.get("simulationOfRealPeers(SimulatedFaults)"))
                .isInstanceOf(ParameterResolutionException.class)
                .hasMessageContaining(".simulated()");
        assertThatThrownBy(() -> CoordExtension.peers(0)).isInstanceOf(IllegalArgumentException.class);
        for (Duration ttl : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            assertThatThrownBy(() -> CoordExtension.peers(1).sessionTtl(ttl))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertNothingLeft();
    }
}
