package dev.coord.examples.comingfrom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.lease.Lease;
import dev.coord.raft.CoordPeer;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderListener;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.fence.FenceGuard;
import dev.coord.recipes.fence.JdbcFenceGuard;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
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
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
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
            Map.entry(Connection.class, this::connection));

    static Stream<Method> calls() {
        return Stream.of(FromCurator.class, FromHazelcast.class, FromJetcd.class, FromAtomix.class, FromRedisson.class)
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
        if (result instanceof CompletableFuture<?> future && !call.getName().matches("told|suspended|expired")) {
            extension.cluster().await(future);
        }
    }

    private Coord coord() {
        return extension.coord("n1");
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
