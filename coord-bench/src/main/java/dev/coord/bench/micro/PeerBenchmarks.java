package dev.coord.bench.micro;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.raft.LocalCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a read costs that a running peer answers by itself. Its own threads go on meanwhile, and what they allocate is counted too. */
@State(Scope.Thread)
public class PeerBenchmarks {
    private static final Consistency SEQUENTIAL = Consistency.sequential();
    private static final int WRITES = 100;
    private static final int IN_FLIGHT = 64;
    private static final int WARM = 1_000_000;

    /** How many keys the store holds. */
    @Param({"1000", "1000000"})
    public int keys;

    private @Nullable LocalCluster cluster;
    private @Nullable Kv kv;
    private String[] some = {};
    private Walk walk = new Walk(1);

    /**
     * Starts the peer and fills its store.
     *
     * @throws Exception if it fails
     */
    @Setup
    public void start() throws Exception {
        LocalCluster peers = LocalCluster.start(1);
        cluster = peers;
        Kv filled = peers.coord("n1").kv();
        kv = filled;
        fill(filled);
        some = Keys.spread(keys);
        walk = new Walk(some.length);
        warmUp();
    }

    /** The start of a peer keeps the compiler busy for longer than a short run takes; what is not compiled allocates more. */
    private void warmUp() throws InterruptedException {
        for (int i = 0; i < WARM; i++) {
            if (getSequential().isEmpty()) {
                throw new IllegalStateException("a key is missing of " + keys);
            }
        }
    }

    private void fill(Kv filled) {
        List<CompletableFuture<?>> open = new ArrayList<>();
        for (int i = 0; i < keys; i += WRITES) {
            Op[] writes = new Op[WRITES];
            for (int j = 0; j < WRITES; j++) {
                writes[j] = Op.put(Keys.key(i + j), Keys.VALUE);
            }
            open.add(filled.txn().then(writes).commitAsync());
            if (open.size() == IN_FLIGHT) {
                open.forEach(CompletableFuture::join);
                open.clear();
            }
        }
        open.forEach(CompletableFuture::join);
    }

    /** Stops the peer. */
    @TearDown
    public void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /**
     * A read from the memory of the peer at hand.
     *
     * @return the entry
     * @throws InterruptedException never
     */
    @Benchmark
    public Optional<Entry> getSequential() throws InterruptedException {
        return requireNonNull(kv).get(some[walk.next()], SEQUENTIAL);
    }
}
