package dev.coord.bench.side;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooKeeper;

/** ZooKeeper's persistent watches, spread over sessions: one message tells all those of a session. */
final class ZooKeeperWatching implements Watching {
    static final int SESSIONS = 10;

    private final List<ZooKeeper> sessions;
    private final ZooKeeperStore writer;

    ZooKeeperWatching(List<ZooKeeper> sessions, ZooKeeperStore writer) {
        this.sessions = sessions;
        this.writer = writer;
    }

    @Override
    public void watch(String key, int watcher, IntConsumer events) throws KeeperException, InterruptedException {
        sessions.get(watcher % sessions.size())
                .addWatch(
                        key,
                        event -> {
                            if (event.getType() == EventType.NodeDataChanged) {
                                events.accept(1);
                            }
                        },
                        AddWatchMode.PERSISTENT);
    }

    @Override
    public CompletableFuture<?> change(String key) {
        return writer.put(key);
    }
}
