package dev.coord.testkit;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A busy random life of a cluster: reads, writes, transactions, leases, watches, scripts and every fault. What callers and
 * listeners were told is part of its digest.
 */
final class BusyRun {
    private static final int ACTIONS = 120;

    private final SplittableRandom random;
    private final SimulatedCluster cluster;
    private final TreeMap<String, List<Coord>> handles = new TreeMap<>();
    private final List<Held> leases = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final TreeMap<String, Boolean> down = new TreeMap<>();
    private int watched;
    private long told;
    int answers;
    int failures;
    int events;

    private record Held(String peer, Lease lease) {}

    private BusyRun(long seed, @Nullable Consumer<String> lines) {
        random = new SplittableRandom(seed);
        SimulatedCluster.Builder builder = SimulatedCluster.builder()
                .peers(1 + random.nextInt(5))
                .seed(seed)
                .operationTimeout(Duration.ofSeconds(2))
                .progressInterval(Duration.ofSeconds(2))
                .history(40, Duration.ofMinutes(5));
        cluster = (lines == null ? builder : builder.trace(lines)).start();
    }

    /** Lives through a seed; the digest, and how many steps it took. */
    static String digest(long seed, @Nullable Consumer<String> lines) {
        BusyRun run = new BusyRun(seed, lines);
        try (SimulatedCluster cluster = run.cluster) {
            for (int i = 0; i < ACTIONS; i++) {
                run.act();
                cluster.advance(Duration.ofMillis(run.random.nextInt(400)));
            }
            run.calm();
            return cluster.traceDigest() + " " + Long.toHexString(run.told) + " " + cluster.steps();
        }
    }

    private void act() {
        String peer = peer();
        int choice = random.nextInt(30);
        if (choice < 20 && !down.containsKey(peer)) {
            use(peer, choice);
        } else if (choice >= 20) {
            disturb(peer, choice);
        }
    }

    private String peer() {
        return cluster.ids().get(random.nextInt(cluster.ids().size()));
    }

    private void use(String peer, int choice) {
        List<Coord> open = handles.computeIfAbsent(peer, id -> new ArrayList<>());
        open.removeIf(coord -> coord.session().expired().isDone());
        if (open.isEmpty() || (open.size() < 3 && random.nextInt(4) == 0)) {
            tell("open", cluster.openAsync(peer, Duration.ofSeconds(5)).thenApply(opened -> {
                open.add(opened);
                return opened.session().id();
            }));
            return;
        }
        Coord coord = open.get(random.nextInt(open.size()));
        String key = "/k/" + random.nextInt(10);
        switch (choice) {
            case 0, 1, 2, 3, 4, 5 -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    tell("put", coord.kv().putAsync(key, Value.of("v" + random.nextInt(100))));
                }
            }
            case 6, 7, 8 -> tell("get", coord.kv().getAsync(key, Consistency.linearizable()));
            case 9 -> tell("old", coord.kv().getAsync(key, Consistency.sequential()));
            case 10, 11, 12 ->
                tell(
                        "txn",
                        coord.kv()
                                .txn()
                                .when(Guard.exists(key))
                                .then(Op.put("/t/" + random.nextInt(5), "t"), Op.delete(key))
                                .otherwise(Op.put(key, "new"))
                                .commitAsync());
            case 13, 14 -> {
                for (int i = 0; i < 3; i++) {
                    grant(peer, coord);
                }
            }
            case 15, 16 -> watch(coord);
            case 17 -> closeSomething();
            case 18 -> {
                if (open.size() > 1) {
                    open.remove(coord);
                    tell("close", cluster.run(peer, () -> {
                        coord.close();
                        return true;
                    }));
                }
            }
            default -> script(peer, coord, key);
        }
    }

    private void grant(String peer, Coord coord) {
        tell("grant", coord.leases().grantAsync(Duration.ofSeconds(2)).thenApply(lease -> {
            leases.add(new Held(peer, lease));
            lease.lost().thenRun(() -> note("lost " + lease.id()));
            return lease.id();
        }));
    }

    private void script(String peer, Coord coord, String key) {
        tell("script", cluster.run(peer, () -> {
            for (int i = 0; i < 3; i++) {
                coord.kv().put(key, "s" + i);
                cluster.sleep(Duration.ofMillis(50));
            }
            return coord.kv().get(key);
        }));
    }

    private void closeSomething() {
        if (!leases.isEmpty() && random.nextBoolean()) {
            Held held = leases.get(random.nextInt(leases.size()));
            // A close that waits for a paused process would wait as long as that.
            if (!down.containsKey(held.peer())) {
                leases.remove(held);
                held.lease().close();
            }
        } else if (!watches.isEmpty()) {
            watches.remove(random.nextInt(watches.size())).close();
        }
    }

    private void watch(Coord coord) {
        WatchSpec spec = WatchSpec.of(KeyRange.prefix(random.nextBoolean() ? "/k/" : "/t/"));
        int number = ++watched;
        watches.add(coord.watch(random.nextBoolean() ? spec.resyncing() : spec, new WatchListener() {
            @Override
            public void onChange(long revision, List<WatchEvent> changes) {
                events++;
                note(number + " change " + revision + " " + changes.size());
            }

            @Override
            public void onProgress(long revision) {
                note(number + " progress " + revision);
            }

            @Override
            public void onResync(RangeResult state) {
                note(number + " resync " + state.revision());
            }

            @Override
            public void onEnd(CoordException cause) {
                note(number + " end " + cause.getMessage());
            }
        }));
    }

    private void disturb(String peer, int choice) {
        SimulatedFaults faults = cluster.faults();
        boolean up = !down.containsKey(peer);
        switch (choice) {
            case 20 -> faults.isolate(peer);
            case 21 -> {
                String to = peer();
                if (!to.equals(peer)) {
                    faults.cut(peer, to);
                }
            }
            case 22 -> faults.heal();
            case 23 -> {
                if (up) {
                    faults.crash(peer);
                    handles.remove(peer);
                    down.put(peer, true);
                } else if (down.get(peer)) {
                    faults.restart(peer);
                    down.remove(peer);
                }
            }
            case 24 -> {
                if (up) {
                    faults.pause(peer);
                    down.put(peer, false);
                } else if (!down.get(peer)) {
                    faults.resume(peer);
                    down.remove(peer);
                }
            }
            case 25 -> {
                if (up) {
                    faults.skewClock(peer, 0.99 + random.nextDouble() * 0.02);
                }
            }
            case 26 -> {
                if (up) {
                    electIfPossible(peer);
                }
            }
            case 27 -> {
                if (up) {
                    faults.delayReplica(peer, Duration.ofMillis(random.nextInt(2_000)));
                    faults.installSnapshot(peer);
                }
            }
            case 28 -> faults.disturbMessages(0.05, 0.1, Duration.ofMillis(20));
            default -> faults.disturbMessages(0, 0, Duration.ofMillis(1));
        }
    }

    private void electIfPossible(String peer) {
        try {
            cluster.faults().elect(peer);
        } catch (IllegalStateException e) {
            note("not elected " + peer);
        }
    }

    /** Without faults, everything asked is answered, and all replicas are the same. */
    private void calm() {
        cluster.faults().heal();
        cluster.faults().disturbMessages(0, 0, Duration.ofMillis(1));
        down.forEach((peer, crashed) -> {
            if (crashed) {
                cluster.faults().restart(peer);
            } else {
                cluster.faults().resume(peer);
            }
        });
        cluster.advance(Duration.ofSeconds(10));
        for (String id : cluster.ids()) {
            note(cluster.await(cluster.coord(id).kv().getAsync("/k/1", Consistency.linearizable()))
                    .toString());
        }
    }

    private void tell(String what, CompletableFuture<?> result) {
        result.whenComplete((value, error) -> {
            if (error == null) {
                answers++;
                note(what + " " + value);
            } else {
                failures++;
                note(what + " " + error.getMessage());
            }
        });
    }

    private void note(String text) {
        told = told * 31 + (cluster.elapsed() + text).hashCode();
    }

    /** Digests of a range of seeds, a line each; run it on another JVM and compare. */
    public static void main(String[] args) {
        long from = Long.parseLong(args[0]);
        long to = Long.parseLong(args[1]);
        for (long seed = from; seed < to; seed++) {
            System.out.println(seed + " " + digest(seed, null));
        }
    }
}
