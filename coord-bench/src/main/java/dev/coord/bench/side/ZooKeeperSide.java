package dev.coord.bench.side;

import dev.coord.time.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.server.quorum.QuorumPeer;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;
import org.jspecify.annotations.Nullable;

/** Three servers of ZooKeeper in one JVM, and a client in the same. */
final class ZooKeeperSide implements Side {
    private static final int SESSION_MILLIS = 30_000;

    private final ZooKeeperServers servers;
    private final List<Server> running = new ArrayList<>();
    private final List<ZooKeeper> sessions = new ArrayList<>();
    private @Nullable CuratorRecipes recipes;

    private ZooKeeperSide(Path directory) throws Exception {
        servers = new ZooKeeperServers(directory, 3);
        for (Path file : servers.files()) {
            Server server = new Server(file);
            server.start();
            running.add(server);
        }
    }

    /**
     * Serves measurements.
     *
     * @param args the directory to use, nothing, and the mode
     */
    public static void main(String[] args) {
        Path directory = Path.of(args[0]);
        Works.serve(() -> switch (Mode.valueOf(args[2])) {
            case RUNNING, GROWTH -> new ZooKeeperSide(directory);
            case START -> new StartTrials(directory, ZooKeeperSide::startAndWrite);
            case FAILOVER -> new FailoverTrials(new ZooKeeperProcesses(directory));
        });
    }

    private static AutoCloseable startAndWrite(Path home) throws Exception {
        ZooKeeperSide started = new ZooKeeperSide(home);
        int leader = started.awaitLeader();
        ZooKeeper session = started.open(started.servers.address(leader));
        new ZooKeeperStore(List.of(session), StoreWorks.VALUE_BYTES).fill(List.of(Keys.key(0)));
        return started;
    }

    @Override
    public void offer(Works works) throws Exception {
        int leader = awaitLeader();
        ZooKeeper session = open(servers.address(leader));
        Keys keys = new Keys(1000);
        ZooKeeperStore store = new ZooKeeperStore(List.of(session), StoreWorks.VALUE_BYTES);
        store.fill(keys.all());
        store.fill(WatchWorks.keys());
        StoreWorks.offer(works, store, keys);
        StoreWorks.offerSizes(works, bytes -> new ZooKeeperStore(List.of(session), bytes), keys);
        recipes = new CuratorRecipes(servers.address(leader), servers.address((leader + 1) % running.size()));
        RecipeWorks.offer(works, recipes);
        List<ZooKeeper> watchers = new ArrayList<>();
        for (int i = 0; i < ZooKeeperWatching.SESSIONS; i++) {
            watchers.add(open(servers.address(i % running.size())));
        }
        WatchWorks.offer(works, new ZooKeeperWatching(watchers, store));
    }

    private int awaitLeader() throws IOException {
        long end = Ticker.system().nanos() + Duration.ofSeconds(30).toNanos();
        while (Ticker.system().nanos() - end < 0) {
            for (int i = 0; i < running.size(); i++) {
                if (running.get(i).isLeading()) {
                    return i;
                }
            }
            LockSupport.parkNanos(10_000_000);
        }
        throw new IOException("ZooKeeper elected no leader");
    }

    private ZooKeeper open(String address) throws IOException, InterruptedException {
        ZooKeeper session = connect(address);
        sessions.add(session);
        return session;
    }

    /** Opens a session and waits for it. */
    static ZooKeeper connect(String address) throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper session = new ZooKeeper(address, SESSION_MILLIS, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        connected.await();
        return session;
    }

    @Override
    public void close() throws InterruptedException {
        if (recipes != null) {
            recipes.close();
        }
        for (ZooKeeper session : sessions) {
            session.close();
        }
        running.forEach(Server::stop);
    }

    /** One server. */
    private static final class Server extends QuorumPeerMain {
        private final QuorumPeerConfig settings = new QuorumPeerConfig();

        Server(Path file) throws Exception {
            settings.parse(file.toString());
        }

        void start() {
            Thread thread = new Thread(
                    () -> {
                        try {
                            runFromConfig(settings);
                        } catch (Exception e) {
                            throw new IllegalStateException("a server of ZooKeeper failed", e);
                        }
                    },
                    "zookeeper-server");
            thread.setDaemon(true);
            thread.start();
        }

        void stop() {
            @Nullable QuorumPeer peer = quorumPeer;
            if (peer != null) {
                peer.shutdown();
            }
        }

        boolean isLeading() {
            @Nullable QuorumPeer peer = quorumPeer;
            return peer != null
                    && peer.getPeerState() == QuorumPeer.ServerState.LEADING
                    && peer.getActiveServer() != null
                    && peer.getActiveServer().isRunning();
        }
    }
}
