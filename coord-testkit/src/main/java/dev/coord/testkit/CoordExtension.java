package dev.coord.testkit;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.raft.LocalCluster.Network;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a JUnit test peers of its own, and stops them after it:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final CoordExtension cluster = CoordExtension.peers(3);
 *
 * @Test
 * void valueWrittenAtOnePeer_isReadAtAnother(@Peer("n1") Coord one, @Peer("n2") Coord other) throws Exception {
 *     one.kv().put("/greeting", "hello");
 *     assertEquals("hello", other.kv().get("/greeting").orElseThrow().text());
 * }
 * }</pre>
 *
 * <p><b>Which peers.</b> Real ones connected in memory; real ones connected by TCP with {@link #overTcp()}; simulated ones
 * with {@link #simulated()}. Nothing else in the test needs to change, but for what not all can do: peers connected by TCP
 * can be crashed, not cut off from each other, and only simulated ones can be paused.
 *
 * <p><b>How long they live.</b> In a static field, for the test class and the classes nested in it; in an instance field,
 * for one test method; in an instance field of a class with one instance for all its tests ({@code PER_CLASS}), for the
 * class. What tests of a class share, they share with its data: keys, sessions and watches that a test leaves are there for
 * the next, as with any static field. Faults are not: when no test runs on the cluster any more all of them are ended,
 * crashed peers are restarted, and a Raft leader is waited for. A handle of a peer that crashed has ended: inject handles
 * into test methods or ask {@link #coord(String)} rather than keep them.
 *
 * <p><b>What is injected</b> into constructors and methods: {@link Coord}, the shared handle of {@code n1} or of the peer
 * that {@link Peer} names; {@link TestCluster}; {@link Faults}; and if simulated, {@link SimulatedCluster} and {@link SimulatedFaults}.
 *
 * <p>Immutable but for the clusters it runs, of which test classes that run at the same time have one each. Runs on JUnit
 * 5.12 and later and on JUnit 6.
 */
public final class CoordExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(CoordExtension.class);
    private static final Duration SESSION_TTL = Duration.ofSeconds(5);
    private static final int HISTORY_REVISIONS = 50_000;

    private final ClusterSettings settings;
    private final ClusterKind kind;
    private final List<RunningCluster> running = new CopyOnWriteArrayList<>();

    private CoordExtension(ClusterSettings settings, ClusterKind kind) {
        this.settings = settings;
        this.kind = kind;
    }

    /**
     * Returns an extension that runs real peers connected in memory.
     *
     * @param count how many, 1 to 9
     * @return the extension, for a field annotated with {@code @RegisterExtension}
     */
    public static CoordExtension peers(int count) {
        if (count < 1 || count > 9) {
            throw new IllegalArgumentException(count + " peers; a cluster of a test has 1 to 9");
        }
        return new CoordExtension(
                new ClusterSettings(count, SESSION_TTL, HISTORY_REVISIONS),
                (settings, seed) -> RealCluster.start(settings, Network.MEMORY));
    }

    /**
     * Returns the same extension with real peers connected by TCP on the loopback interface, at ports that nobody uses.
     * They can be crashed, but not cut off from each other.
     *
     * @return the changed copy
     */
    public CoordExtension overTcp() {
        return new CoordExtension(settings, (cluster, seed) -> RealCluster.start(cluster, Network.TCP));
    }

    /**
     * Returns the same extension with simulated peers, from a new seed at each run. A test that fails says which it was;
     * {@code -Dcoord.seed=N}, or JUnit's configuration parameter of that name, runs it again. As tests that share a cluster
     * share its history, replay them together, or keep the extension in an instance field.
     *
     * @return the changed copy
     */
    public CoordExtension simulated() {
        return new CoordExtension(settings, (cluster, wanted) -> Simulations.start(cluster, wanted, null));
    }

    /**
     * Returns the same extension with simulated peers, from the same seed at each run unless {@code -Dcoord.seed=N} gives
     * another.
     *
     * @param seed any number
     * @return the changed copy
     */
    public CoordExtension simulated(long seed) {
        return new CoordExtension(settings, (cluster, wanted) -> Simulations.start(cluster, wanted, seed));
    }

    /**
     * Returns the same extension with another time to live of the sessions behind {@link TestCluster#coord}. Default 5 s.
     *
     * @param ttl positive; long enough for the pauses of the machine that the tests run on. In a simulated cluster, long
     *     sessions make for fewer signs of life, so that hours of virtual time pass sooner
     * @return the changed copy
     */
    public CoordExtension sessionTtl(Duration ttl) {
        if (ttl.isNegative() || ttl.isZero()) {
            throw new IllegalArgumentException("a session that lives for " + ttl);
        }
        return new CoordExtension(new ClusterSettings(settings.peers(), ttl, settings.historyRevisions()), kind);
    }

    /**
     * Returns the same extension with another number of past revisions that stay readable. Default 50,000; set it low to
     * see what compaction does to a watch that is late.
     *
     * @param revisions positive
     * @return the changed copy
     */
    public CoordExtension historyRevisions(int revisions) {
        return new CoordExtension(new ClusterSettings(settings.peers(), settings.sessionTtl(), revisions), kind);
    }

    // ---- what a test asks for

    /**
     * Returns the running cluster.
     *
     * @return the cluster of the test class or method that runs
     * @throws IllegalStateException if none runs; or more than one, as test classes that run at once share this field: then
     *     have the cluster injected
     */
    public TestCluster cluster() {
        List<RunningCluster> now = List.copyOf(running);
        if (now.size() != 1) {
            throw new IllegalStateException(
                    now.isEmpty()
                            ? "no cluster runs; it does while the tests of a field with @RegisterExtension run"
                            : now.size() + " test classes run at once on this field; take the cluster as a parameter");
        }
        return now.get(0).cluster();
    }

    /**
     * Returns the running cluster, simulated.
     *
     * @return as {@link #cluster()} does
     * @throws IllegalStateException as {@link #cluster()} does, or if it is not simulated
     */
    public SimulatedCluster simulation() {
        if (cluster() instanceof SimulatedCluster simulated) {
            return simulated;
        }
        throw new IllegalStateException(Injected.NOT_SIMULATED);
    }

    /**
     * Returns the shared handle of a running peer.
     *
     * @param peer the peer's id
     * @return its handle
     * @throws IllegalStateException as {@link #cluster()} does
     */
    public Coord coord(String peer) {
        return cluster().coord(peer);
    }

    /**
     * Returns what may go wrong in the running cluster.
     *
     * @return its faults
     * @throws IllegalStateException as {@link #cluster()} does
     */
    public Faults faults() {
        return cluster().faults();
    }

    // ---- what JUnit asks for

    @Override
    public void beforeAll(ExtensionContext context) {
        runningFor(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        runningFor(context).begin(context.getUniqueId());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        RunningCluster present = context.getStore(OURS).get(this, RunningCluster.class);
        if (present != null) {
            context.getExecutionException().ifPresent(failure -> present.explain(failure, context.getUniqueId()));
            present.end(context.getUniqueId());
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext context, ExtensionContext extensionContext) {
        return context.isAnnotated(Peer.class)
                || Injected.TYPES.contains(context.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext context, ExtensionContext extensionContext) {
        Parameter parameter = context.getParameter();
        return Injected.of(
                runningFor(extensionContext).cluster(),
                parameter,
                context.findAnnotation(Peer.class).map(Peer::value));
    }

    /**
     * The cluster of this context or of one around it; if there is none, one that lives as long as this context. A class
     * asks first, be it for its constructor; a method asks first if this extension is registered for its test alone.
     */
    private RunningCluster runningFor(ExtensionContext context) {
        return requireNonNull(context.getStore(OURS)
                .getOrComputeIfAbsent(
                        this, key -> new RunningCluster(start(context), context, running), RunningCluster.class));
    }

    private TestCluster start(ExtensionContext context) {
        return kind.start(
                settings, context.getConfigurationParameter(Simulations.SEED).orElse(""));
    }
}
