package dev.coord.raft;

import dev.coord.Coord;
import dev.coord.kv.Op;
import dev.coord.kv.TxnResult;
import dev.coord.raft.internal.store.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes transactions of several keys, many in flight, and remembers what was acknowledged at which revision. */
final class WatchWriter implements AutoCloseable {
    private static final int IN_FLIGHT = 512;
    private static final int KEYS = 200;

    private final LocalCluster cluster;
    private final SplittableRandom random = new SplittableRandom(7);
    private final Semaphore permits = new Semaphore(IN_FLIGHT);
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final Map<Long, List<String>> acknowledged = new ConcurrentHashMap<>();
    private String at;
    private Coord coord;
    private int number;

    WatchWriter(LocalCluster cluster) throws InterruptedException {
        this.cluster = cluster;
        this.at = cluster.ids().get(0);
        this.coord = cluster.peer(at).openSession(Duration.ofSeconds(30));
    }

    /** Writes on at another peer, if it writes at this one. */
    void moveAwayFrom(String peer) throws InterruptedException {
        if (at.equals(peer)) {
            at = cluster.ids().stream()
                    .filter(id -> !id.equals(peer))
                    .findFirst()
                    .orElseThrow();
            coord = cluster.peer(at).openSession(Duration.ofSeconds(30));
        }
    }

    /** Writes until so many events are acknowledged or, their outcome unknown, given up. */
    void writeUntil(int target) throws InterruptedException {
        while (events.get() < target) {
            if (!permits.tryAcquire(60, TimeUnit.SECONDS)) {
                throw new AssertionError("no write settled for a minute");
            }
            write();
        }
    }

    private void write() {
        List<Op> ops = new ArrayList<>();
        List<String> changes = new ArrayList<>();
        int first = random.nextInt(KEYS);
        number++;
        for (int i = 0; i < 5; i++) {
            String key = "/w/" + (first + i * 31) % KEYS;
            String value = number + "." + i;
            ops.add(i == 4 ? Op.delete(key) : Op.put(key, value));
            if (i < 4) {
                changes.add(key + "=" + value);
            }
        }
        changes.sort(Comparator.naturalOrder());
        send(ops, changes);
    }

    private void send(List<Op> ops, List<String> changes) {
        CompletableFuture<TxnResult> sent =
                coord.kv().txn().then(ops.toArray(Op[]::new)).commitAsync();
        sent.whenComplete((result, error) -> {
            if (error == null) {
                acknowledged.put(result.revision(), changes);
            } else {
                unknown.incrementAndGet();
            }
            events.addAndGet(changes.size());
            permits.release();
        });
    }

    /** Waits for all that is in flight. */
    void finish() throws InterruptedException {
        if (!permits.tryAcquire(IN_FLIGHT, 60, TimeUnit.SECONDS)) {
            throw new AssertionError("writes in flight do not settle");
        }
    }

    int events() {
        return events.get();
    }

    int unknown() {
        return unknown.get();
    }

    Map<Long, List<String>> acknowledged() {
        return acknowledged;
    }

    /** The writes of a revision in the form in which they are remembered. */
    static List<String> changes(Revision revision) {
        return revision.changes().stream()
                .filter(change -> change.after() != null)
                .map(change -> change.key() + "=" + change.after().text())
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        // Its sessions end with the peers.
    }
}
