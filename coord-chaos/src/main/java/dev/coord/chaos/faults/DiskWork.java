package dev.coord.chaos.faults;

import dev.coord.chaos.Ensemble;
import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import dev.coord.chaos.Waiting;
import dev.coord.chaos.load.Door;
import dev.coord.chaos.wire.DriverThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Disks that fill up, refuse writes or syncs, of the Raft leader and of a follower, under load: the peer says so, the others go
 * on, it is back by itself when its disk is, and nothing is lost.
 */
public final class DiskWork {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration FAILED_WITHIN = Duration.ofSeconds(5);
    private static final Duration BACK_WITHIN = Duration.ofSeconds(10);
    private static final Duration OTHERS_WITHIN = Duration.ofSeconds(10);
    private static final int VALUE_BYTES = 16 << 10;
    private static final int HISTORY_BYTES = 8 << 20;
    private static final int KEYS = 20;
    private static final String PREFIX = "/disk/";

    private final Ensemble ensemble;
    private final SplittableRandom random;
    private final PutLoad load;
    private final List<Fault> faults;
    private final List<String> violations = new ArrayList<>();
    private final Map<String, Integer> proven = new LinkedHashMap<>();
    private int troubles;
    private long slowestFailed;
    private long slowestOthers;
    private long slowestBack;

    /**
     * Prepares nothing yet.
     *
     * @param ensemble the peers, none of which runs
     * @param doors to their agents
     * @param threads that call back
     * @param kinds of faults; empty for all
     * @param seed of all chance
     */
    public DiskWork(Ensemble ensemble, List<Door> doors, DriverThreads threads, List<String> kinds, long seed) {
        this.ensemble = ensemble;
        this.random = new SplittableRandom(seed);
        this.load = new PutLoad(doors, threads, VALUE_BYTES, KEYS, Duration.ofMillis(5));
        PeerDisks disks = new PeerDisks();
        this.faults = Stream.of(
                        new DiskFull(disks),
                        new DiskTrouble(DiskTrouble.Kind.SYNC_FAILS, disks),
                        new DiskTrouble(DiskTrouble.Kind.WRITE_FAILS, disks),
                        new DiskTrouble(DiskTrouble.Kind.READ_ONLY, disks))
                .filter(fault -> kinds.isEmpty() || kinds.contains(fault.kind()))
                .toList();
        if (faults.isEmpty()) {
            throw new IllegalArgumentException("none of " + kinds + " is a fault of disks that is looked at here");
        }
    }

    /**
     * Runs each fault on each role.
     *
     * @param times how often
     * @return the figures, and what is wrong under {@code violations}
     * @throws IOException if the peers cannot be run
     * @throws InterruptedException if interrupted
     */
    public Map<String, Object> run(int times) throws IOException, InterruptedException {
        try {
            for (Fault fault : faults) {
                for (PeerProcess peer : ensemble.peers()) {
                    fault.prepare(peer);
                }
            }
            for (PeerProcess peer : ensemble.peers()) {
                // A snapshot holds the past too: two of them, and the log, have to fit on the small disk.
                peer.launch().properties().put("coord.history-bytes", Integer.toString(HISTORY_BYTES));
                peer.start();
            }
            Waiting.untilWhole(ensemble, START);
            for (Fault fault : faults) {
                for (int i = 0; i < times; i++) {
                    trouble(fault, true);
                    trouble(fault, false);
                }
            }
            return figures(times);
        } finally {
            for (Fault fault : faults) {
                fault.close();
            }
        }
    }

    private void trouble(Fault fault, boolean leader) throws IOException, InterruptedException {
        Waiting.untilWhole(ensemble, START);
        PeerProcess leading = ensemble.leader().orElseThrow();
        List<PeerProcess> peers = ensemble.peers();
        PeerProcess target = leader ? leading : peers.get((peers.indexOf(leading) + 1) % peers.size());
        String what = fault.kind() + (leader ? " of the leader " : " of the follower ") + target.id();
        // What is acknowledged in one trouble must not be overwritten before it is looked for.
        String prefix = PREFIX + ++troubles + "/";
        load.start(prefix);
        Injection injection = fault.inject(new Scene(ensemble, target, leader, random));
        long failed = measure(
                what + ", to say FAILED", FAILED_WITHIN, () -> target.state().equals("FAILED"));
        int before = load.acknowledgedBesides(target.id());
        long others = measure(
                what + ", others to go on", OTHERS_WITHIN, () -> load.acknowledgedBesides(target.id()) > before + 20);
        Proof proof = injection.heal();
        long back =
                measure(what + ", to be back", BACK_WITHIN, () -> target.state().equals("RUNNING"));
        load.stop();
        load.lost(prefix).forEach(lost -> violations.add(what + ": " + lost));
        load.clear(prefix);
        if (proof.happened()) {
            proven.merge(fault.kind(), 1, Integer::sum);
        } else {
            violations.add(what + " is not proven: " + proof.evidence());
        }
        slowestFailed = Math.max(slowestFailed, failed);
        slowestOthers = Math.max(slowestOthers, others);
        slowestBack = Math.max(slowestBack, back);
        System.out.println(what + ": FAILED after " + failed + " ms, others went on after " + others
                + " ms, back after " + back + " ms; " + proof.evidence());
    }

    private long measure(String what, Duration limit, java.util.function.BooleanSupplier condition) {
        Duration took = Waiting.time(limit, condition);
        if (took.isNegative()) {
            violations.add(what + " took more than " + limit);
            return limit.toMillis();
        }
        return took.toMillis();
    }

    private Map<String, Object> figures(int times) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("work", "disk");
        figures.put("timesEachRole", times);
        figures.put("proven", proven);
        figures.put("slowestFailedMillis", slowestFailed);
        figures.put("slowestOthersMillis", slowestOthers);
        figures.put("slowestBackMillis", slowestBack);
        figures.put("acknowledged", load.acknowledged());
        figures.put("violations", violations);
        return figures;
    }
}
