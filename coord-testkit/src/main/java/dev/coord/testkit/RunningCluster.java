package dev.coord.testkit;

import dev.coord.lease.Session;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/**
 * A cluster and the tests that run on it, of one test class or one test method. JUnit closes what is in its store: up to
 * 5.12 a {@link CloseableResource}, since 5.13 anything that is {@link AutoCloseable}.
 */
final class RunningCluster implements CloseableResource, AutoCloseable {
    private static final Duration CALM = Duration.ofSeconds(30);

    private final TestCluster cluster;
    private final String owner;
    private final List<RunningCluster> registry;
    private final Set<String> tests = new HashSet<>();

    RunningCluster(TestCluster cluster, ExtensionContext owner, List<RunningCluster> registry) {
        this.cluster = cluster;
        this.owner = owner.getUniqueId();
        this.registry = registry;
        registry.add(this);
    }

    TestCluster cluster() {
        return cluster;
    }

    synchronized void begin(String test) {
        tests.add(test);
    }

    /** Adds to a test's failure how to have it again. */
    void explain(Throwable failure, String test) {
        if (cluster instanceof SimulatedCluster simulated) {
            Simulations.explain(failure, simulated, owner.equals(test) ? "it" : "its class as a whole");
        }
    }

    /** Ends the faults when the last test ends. One that did not begin, as something else failed, may end all the same. */
    synchronized void end(String test) {
        tests.remove(test);
        if (tests.isEmpty() && !owner.equals(test)) {
            cluster.faults().endAll();
            cluster.ids().forEach(this::awaitCalm);
        }
    }

    /**
     * The next test gets a session that was kept alive since, or a new one as this is known to have ended; not one about to
     * end for what was done to its peer.
     */
    private void awaitCalm(String peer) {
        cluster.runUntil("a Raft leader", CALM, () -> cluster.leader().isPresent());
        Session session = cluster.coord(peer).session();
        cluster.runUntil(
                "peer " + peer + " with a session",
                CALM,
                () -> isFresh(session) || session.expired().isDone());
    }

    private static boolean isFresh(Session session) {
        Duration left = session.validUntil().remaining();
        return session.isValid() && left.compareTo(session.ttl().dividedBy(2)) > 0;
    }

    @Override
    public void close() {
        if (registry.remove(this)) {
            cluster.close();
        }
    }
}
