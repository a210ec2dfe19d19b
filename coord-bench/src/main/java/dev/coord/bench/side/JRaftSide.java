package dev.coord.bench.side;

import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.RaftGroupService;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.option.NodeOptions;
import dev.coord.raft.internal.transport.FreePorts;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Three nodes of SOFAJRaft in one JVM, TCP on the loopback interface, a state machine that does nothing, the log in RocksDB and
 * forced (its default); the caller is at the leader. All settings are its defaults.
 */
final class JRaftSide implements Side {
    private static final String GROUP = "bench";

    private final List<RaftGroupService> services = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();

    private JRaftSide(Path directory) throws IOException {
        List<PeerId> peers = Stream.generate(() -> new PeerId("127.0.0.1", FreePorts.find()))
                .limit(3)
                .toList();
        Configuration group = new Configuration();
        group.parse(peers.stream().map(PeerId::toString).collect(Collectors.joining(",")));
        for (PeerId peer : peers) {
            Path home = Files.createDirectories(directory.resolve("node-" + peer.getPort()));
            NodeOptions options = new NodeOptions();
            options.setInitialConf(group);
            options.setFsm(new NoOp());
            options.setLogUri(home.resolve("log").toString());
            options.setRaftMetaUri(home.resolve("meta").toString());
            options.setSnapshotUri(home.resolve("snapshot").toString());
            RaftGroupService service = new RaftGroupService(GROUP, peer, options);
            nodes.add(service.start());
            services.add(service);
        }
    }

    /**
     * Serves measurements.
     *
     * @param args the directory to use
     */
    public static void main(String[] args) {
        Works.serve(() -> new JRaftSide(Path.of(args[0])));
    }

    @Override
    public void offer(Works works) throws IOException {
        Node leader = awaitLeader();
        byte[] entry = new byte[StoreWorks.ENTRY_BYTES];
        works.add("put", StoreWorks.WIDTHS, i -> append(leader, entry.clone()));
        works.add("get.linearizable", StoreWorks.READ_WIDTHS, i -> read(leader));
    }

    private Node awaitLeader() throws IOException {
        long end = Ticker.system().nanos() + Duration.ofSeconds(30).toNanos();
        while (Ticker.system().nanos() - end < 0) {
            for (Node node : nodes) {
                if (node.isLeader()) {
                    return node;
                }
            }
            LockSupport.parkNanos(10_000_000);
        }
        throw new IOException("SOFAJRaft elected no leader");
    }

    private static CompletableFuture<?> append(Node leader, byte[] entry) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        leader.apply(new Task(ByteBuffer.wrap(entry), status -> finish(done, status)));
        return done;
    }

    private static CompletableFuture<?> read(Node leader) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        leader.readIndex(new byte[0], new ReadIndexClosure() {
            @Override
            public void run(Status status, long index, byte[] context) {
                finish(done, status);
            }
        });
        return done;
    }

    private static void finish(CompletableFuture<Void> done, Status status) {
        if (status.isOk()) {
            done.complete(null);
        } else {
            done.completeExceptionally(new IllegalStateException("SOFAJRaft refused: " + status));
        }
    }

    @Override
    public void close() {
        services.forEach(RaftGroupService::shutdown);
    }

    /** Applies by doing nothing. */
    private static final class NoOp extends StateMachineAdapter {
        @Override
        public void onApply(Iterator entries) {
            while (entries.hasNext()) {
                if (entries.done() != null) {
                    entries.done().run(Status.OK());
                }
                entries.next();
            }
        }
    }
}
