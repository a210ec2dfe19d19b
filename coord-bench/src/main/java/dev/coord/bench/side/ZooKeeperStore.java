package dev.coord.bench.side;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * ZooKeeper's store through its own client. ZooKeeper has no linearizable read but that of {@code sync} and a read after it, one
 * after the other in a session; nor a range, which is a {@code multi} of reads by name.
 */
final class ZooKeeperStore implements Store {
    private final List<ZooKeeper> sessions;
    private final AtomicInteger turn = new AtomicInteger();
    private final byte[] value;

    /** Takes sessions that are used in turns. */
    ZooKeeperStore(List<ZooKeeper> sessions, int valueBytes) {
        this.sessions = List.copyOf(sessions);
        this.value = new byte[valueBytes];
    }

    private ZooKeeper session() {
        return sessions.get(Math.floorMod(turn.getAndIncrement(), sessions.size()));
    }

    /** Makes the keys exist. */
    void fill(List<String> keys) throws Exception {
        ZooKeeper session = sessions.get(0);
        if (session.exists(Keys.PARENT, false) == null) {
            session.create(Keys.PARENT, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }
        Pipeline.run(keys, this::create);
    }

    private CompletableFuture<?> create(String key) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        session()
                .create(
                        key,
                        value,
                        Ids.OPEN_ACL_UNSAFE,
                        CreateMode.PERSISTENT,
                        (code, path, context, name) -> finish(done, code, path, null),
                        null);
        return done;
    }

    private static <T> void finish(
            CompletableFuture<T> done, int code, String path, @org.jspecify.annotations.Nullable T result) {
        if (code == Code.OK.intValue()) {
            done.complete(result);
        } else {
            done.completeExceptionally(KeeperException.create(Code.get(code), path));
        }
    }

    @Override
    public CompletableFuture<?> put(String key) {
        CompletableFuture<Stat> done = new CompletableFuture<>();
        session().setData(key, value, -1, (code, path, context, stat) -> finish(done, code, path, stat), null);
        return done;
    }

    @Override
    public void putNow(String key) throws KeeperException, InterruptedException {
        session().setData(key, value, -1);
    }

    @Override
    public CompletableFuture<?> get(String key) {
        CompletableFuture<byte[]> done = new CompletableFuture<>();
        ZooKeeper session = session();
        session.sync(key, (code, path, context) -> {}, null);
        session.getData(key, false, (code, path, context, data, stat) -> finish(done, code, path, data), null);
        return done;
    }

    @Override
    public CompletableFuture<?> getSequential(String key) {
        CompletableFuture<byte[]> done = new CompletableFuture<>();
        session().getData(key, false, (code, path, context, data, stat) -> finish(done, code, path, data), null);
        return done;
    }

    @Override
    public CompletableFuture<Boolean> increment(String key) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        ZooKeeper session = session();
        session.getData(
                key,
                false,
                (code, path, context, data, stat) -> {
                    if (code == Code.OK.intValue()) {
                        compareAndSet(session, key, stat.getVersion(), done);
                    } else {
                        finish(done, code, path, false);
                    }
                },
                null);
        return done;
    }

    private void compareAndSet(ZooKeeper session, String key, int version, CompletableFuture<Boolean> done) {
        session.setData(
                key,
                value,
                version,
                (code, path, context, stat) -> {
                    if (code == Code.BADVERSION.intValue()) {
                        done.complete(false);
                    } else {
                        finish(done, code, path, true);
                    }
                },
                null);
    }

    @Override
    public CompletableFuture<?> putAll(List<String> keys) {
        return multi(keys.stream().map(key -> Op.setData(key, value, -1)).toList());
    }

    @Override
    public CompletableFuture<?> range(List<String> keys) {
        return multi(keys.stream().map(Op::getData).toList());
    }

    private CompletableFuture<?> multi(List<Op> steps) {
        CompletableFuture<Integer> done = new CompletableFuture<>();
        session().multi(steps, (code, path, context, results) -> finish(done, code, path, results.size()), null);
        return done;
    }
}
