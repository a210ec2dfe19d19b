package dev.coord.examples.comingfrom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.lease.Lease;
import dev.coord.raft.CoordPeer;
import dev.coord.recipes.Codec;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.assignment.AssignmentListener;
import dev.coord.recipes.discovery.ServiceInstance;
import dev.coord.recipes.discovery.ServiceProvider;
import dev.coord.recipes.discovery.ServiceRegistry;
import dev.coord.recipes.election.CandidateTopics;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderLatch;
import dev.coord.recipes.election.LeaderLatchListener;
import dev.coord.recipes.election.LeaderListener;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.election.LeadershipTask;
import dev.coord.recipes.election.TopicListener;
import dev.coord.recipes.fence.FenceGuard;
import dev.coord.recipes.fence.JdbcFenceGuard;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.DistributedReadWriteLock;
import dev.coord.recipes.lock.DistributedSemaphore;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.ReadLockHandle;
import dev.coord.recipes.lock.SemaphoreHandle;
import dev.coord.recipes.lock.WriteLockHandle;
import dev.coord.recipes.membership.GroupListener;
import dev.coord.recipes.mirror.KeyMirror;
import dev.coord.recipes.mirror.MirrorListener;
import dev.coord.recipes.queue.Delivery;
import dev.coord.recipes.queue.DistributedQueue;
import dev.coord.recipes.sync.BarrierMember;
import dev.coord.recipes.sync.DoubleBarrier;
import dev.coord.recipes.sync.ValueListener;
import dev.coord.testkit.CoordExtension;
import dev.coord.watch.WatchListener;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs every call of docs/coming-from.md once, but those on a peer, for the peers here are simulated. */
class ComingFromTest {
    @RegisterExtension
    final CoordExtension extension = CoordExtension.peers(3).simulated();

    private final JdbcFenceGuard jdbcFence = JdbcFenceGuard.standard();

    private final Map<Class<?>, Callable<Object>> arguments = Map.ofEntries(
            Map.entry(Coord.class, this::coord),
            Map.entry(
                    LockHandle.class,
                    () -> DistributedLock.on(coord(), "/locks/held").acquire()),
            Map.entry(
                    Leadership.class,
                    () -> LeaderElection.on(coord(), "/elections/held").campaign("n1")),
            Map.entry(Lease.class, () -> coord().leases().grant(Duration.ofSeconds(10))),
            Map.entry(RangeResult.class, () -> coord().kv().range(RangeQuery.of(KeyRange.prefix("/config/")))),
            Map.entry(long.class, () -> coord().kv().put("/written", "1")),
            Map.entry(Runnable.class, () -> (Runnable) () -> {}),
            Map.entry(WatchListener.class, () -> (WatchListener) (revision, events) -> {}),
            Map.entry(LeaderListener.class, () -> (LeaderListener) leader -> {}),
            Map.entry(FenceGuard.class, FenceGuard::inMemory),
            Map.entry(JdbcFenceGuard.class, () -> jdbcFence),
            Map.entry(Connection.class, this::connection),
            Map.entry(Consumer.class, () -> (Consumer<HandleState>) state -> {}),
            Map.entry(ReadLockHandle.class, () -> readWriteLock().readLock().acquire()),
            Map.entry(WriteLockHandle.class, () -> readWriteLock().writeLock().acquire()),
            Map.entry(
                    SemaphoreHandle.class,
                    () -> DistributedSemaphore.on(coord(), "/limits/held", 1).acquire()),
            Map.entry(
                    LeaderLatch.class,
                    () -> LeaderLatch.of(LeaderElection.on(coord(), "/elections/held"), "n1")
                            .start()),
            Map.entry(LeaderLatchListener.class, () -> new Leads()),
            Map.entry(LeadershipTask.class, () -> (LeadershipTask) leadership -> {}),
            Map.entry(TopicListener.class, () -> new Leads()),
            Map.entry(CandidateTopics.class, () -> CandidateTopics.of(coord(), "/elections", "n1", new Leads())),
            Map.entry(
                    BarrierMember.class,
                    () -> DoubleBarrier.on(coord(), "/barriers/entered", 1).enter()),
            Map.entry(ValueListener.class, () -> (ValueListener<String>) value -> {}),
            Map.entry(DistributedQueue.class, this::queueOfOne),
            Map.entry(Delivery.class, () -> queueOfOne().take()),
            Map.entry(MirrorListener.class, () -> (MirrorListener<String>) (state, changes) -> {}),
            Map.entry(
                    KeyMirror.class,
                    () -> KeyMirror.of(coord(), KeyRange.prefix("/config/"), Codec.text())
                            .start()
                            .awaitReady()),
            Map.entry(GroupListener.class, () -> (GroupListener) (view, events) -> {}),
            Map.entry(ServiceInstance.class, () -> ServiceInstance.of("n1", "10.0.0.1:7000")),
            Map.entry(
                    ServiceProvider.class,
                    () -> ServiceRegistry.on(coord(), "/services")
                            .provider("mail")
                            .start()
                            .awaitReady()),
            Map.entry(AssignmentListener.class, () -> (AssignmentListener) ownership -> {}));

    /** Calls whose result is a signal that does not come of itself. */
    private static final Set<String> SIGNALS = Set.of("told", "asked", "lapsed", "expired");

    private static final class Leads implements LeaderLatchListener, TopicListener {
        @Override
        public void isLeader(Leadership leadership) {}

        @Override
        public void notLeader() {}

        @Override
        public void isLeader(String topic, Leadership leadership) {}

        @Override
        public void notLeader(String topic) {}
    }

    static Stream<Method> calls() {
        return Stream.of(
                        FromCurator.class,
                        FromHazelcast.class,
                        FromJetcd.class,
                        FromAtomix.class,
                        FromRedisson.class,
                        FromNowhere.class)
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(method -> Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
                .filter(method ->
                        !Stream.of(method.getParameterTypes()).toList().contains(CoordPeer.class));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void call_doesWhatItSays_withoutError(Method call) throws Exception {
        Object[] given = new Object[call.getParameterCount()];
        for (int i = 0; i < given.length; i++) {
            Class<?> type = call.getParameterTypes()[i];
            assertThat(arguments).as("an argument for " + call).containsKey(type);
            given[i] = arguments.get(type).call();
        }
        Object result = call.invoke(null, given);
        if (result instanceof CompletableFuture<?> future && !SIGNALS.contains(call.getName())) {
            extension.cluster().await(future);
        }
    }

    private Coord coord() {
        return extension.coord("n1");
    }

    private DistributedReadWriteLock readWriteLock() {
        return DistributedReadWriteLock.on(coord(), "/locks/shared");
    }

    private DistributedQueue<String> queueOfOne() throws InterruptedException {
        DistributedQueue<String> queue = DistributedQueue.on(coord(), "/queues/one", Codec.text());
        queue.put("m-1");
        return queue;
    }

    private Connection connection() throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:h2:mem:");
        try (Statement statement = connection.createStatement()) {
            statement.execute(jdbcFence.ddl());
        }
        connection.setAutoCommit(false);
        return connection;
    }
}
