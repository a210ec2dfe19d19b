package dev.coord.testkit.workload;

import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.SimulatedFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** The faults of one run: each begins as an action and ends by itself a while later. */
final class FaultActions {
    /** The rates of any two clocks stay within one part in 50, which leases rely on. */
    private static final double SLOWEST = 0.9902;

    private static final double FASTEST = 1.0098;

    private final SimulatedCluster cluster;
    private final SimulatedFaults faults;
    private final Profile profile;
    private final TreeSet<String> up;
    private final TreeSet<String> paused = new TreeSet<>();
    private final PriorityQueue<End> ends = new PriorityQueue<>(Comparator.comparingLong(End::at));
    private final Map<FaultKind, Long> counts = new EnumMap<>(FaultKind.class);

    FaultActions(SimulatedCluster cluster, Profile profile) {
        this.cluster = cluster;
        this.faults = cluster.faults();
        this.profile = profile;
        this.up = new TreeSet<>(cluster.ids());
    }

    /** The end of a fault. */
    private record End(long at, Runnable task) {}

    Map<FaultKind, Long> counts() {
        return counts;
    }

    List<Action> actions() {
        List<Action> actions = new ArrayList<>();
        add(actions, FaultKind.PARTITION, this::partition);
        add(actions, FaultKind.ISOLATE, this::isolate);
        add(actions, FaultKind.CUT, this::cut);
        add(actions, FaultKind.HEAL, random -> faults.heal());
        add(actions, FaultKind.CRASH, this::crash);
        add(actions, FaultKind.PAUSE, this::pause);
        add(actions, FaultKind.SKEW, this::skew);
        add(actions, FaultKind.ELECT, this::elect);
        add(actions, FaultKind.DELAY_REPLICA, this::delayReplica);
        add(actions, FaultKind.INSTALL_SNAPSHOT, this::installSnapshot);
        add(actions, FaultKind.DISTURB, this::disturb);
        return actions;
    }

    /** In a replay any fault of the list may be asked for, so those of no weight are there as well. */
    private void add(List<Action> actions, FaultKind kind, Fault fault) {
        actions.add(new Action(kind.label(), Math.max(1, profile.weight(kind)), () -> true, random -> {
            counts.merge(kind, 1L, Long::sum);
            fault.begin(random);
        }));
    }

    /** Begins a fault. */
    @FunctionalInterface
    private interface Fault {
        void begin(SplittableRandom random);
    }

    /** Lets simulated time pass, in which faults end. */
    void advance(long nanos) {
        long until = now() + nanos;
        End next;
        while ((next = ends.peek()) != null && next.at() <= until) {
            ends.poll();
            cluster.advance(Duration.ofNanos(Math.max(0, next.at() - now())));
            next.task().run();
        }
        cluster.advance(Duration.ofNanos(Math.max(0, until - now())));
    }

    /** Ends all faults; those that cannot be ended are waited for. */
    void endAll() {
        long last = now();
        End next;
        while ((next = ends.poll()) != null) {
            last = next.at();
            next.task().run();
        }
        faults.heal();
        // Actions may have moved time as well.
        cluster.advance(Duration.ofNanos(Math.max(0, last - now())));
    }

    private long now() {
        return cluster.ticker().nanos();
    }

    private void endLater(FaultKind kind, SplittableRandom random, Runnable end) {
        ends.add(new End(now() + profile.faultNanos(random, mayLast(kind)), end));
    }

    /**
     * Whether a fault may last for hours if leases do: whoever has no Raft leader meanwhile keeps trying, which costs the
     * steps of many other seeds and shows nothing new.
     */
    private boolean mayLast(FaultKind kind) {
        int down = cluster.ids().size() - up.size() + paused.size();
        return !profile.isSlow()
                || ((kind == FaultKind.PAUSE || kind == FaultKind.CRASH)
                        && 2 * down < cluster.ids().size());
    }

    private String any(SplittableRandom random) {
        return cluster.ids().get(random.nextInt(cluster.ids().size()));
    }

    private void partition(SplittableRandom random) {
        List<String> one = new ArrayList<>();
        for (String id : cluster.ids()) {
            if (random.nextBoolean()) {
                one.add(id);
            }
        }
        faults.partition(List.of(one));
        endLater(FaultKind.PARTITION, random, faults::heal);
    }

    private void isolate(SplittableRandom random) {
        faults.isolate(random.nextBoolean() ? any(random) : cluster.leader().orElse(any(random)));
        endLater(FaultKind.ISOLATE, random, faults::heal);
    }

    private void cut(SplittableRandom random) {
        String from = any(random);
        String to = any(random);
        if (!from.equals(to)) {
            faults.cut(from, to);
            endLater(FaultKind.CUT, random, faults::heal);
        }
    }

    private void crash(SplittableRandom random) {
        String peer = any(random);
        if (up.contains(peer) && !paused.contains(peer)) {
            up.remove(peer);
            faults.crash(peer);
            endLater(FaultKind.CRASH, random, () -> {
                faults.restart(peer);
                up.add(peer);
            });
        }
    }

    private void pause(SplittableRandom random) {
        String peer = any(random);
        if (up.contains(peer) && paused.add(peer)) {
            faults.pause(peer);
            endLater(FaultKind.PAUSE, random, () -> {
                paused.remove(peer);
                faults.resume(peer);
            });
        }
    }

    private void skew(SplittableRandom random) {
        boolean extreme = random.nextBoolean();
        double share = extreme ? random.nextInt(2) : random.nextDouble();
        String peer = any(random);
        if (up.contains(peer)) {
            faults.skewClock(peer, SLOWEST + share * (FASTEST - SLOWEST));
        }
    }

    private void elect(SplittableRandom random) {
        String peer = any(random);
        if (up.contains(peer) && !paused.contains(peer)) {
            try {
                faults.elect(peer);
            } catch (IllegalStateException e) {
                // No majority can elect it now.
            }
        }
    }

    private void delayReplica(SplittableRandom random) {
        String peer = any(random);
        if (up.contains(peer)) {
            long nanos = profile.faultNanos(random, mayLast(FaultKind.DELAY_REPLICA));
            faults.delayReplica(peer, Duration.ofNanos(nanos));
            ends.add(new End(now() + nanos, () -> {}));
        }
    }

    private void installSnapshot(SplittableRandom random) {
        String peer = any(random);
        if (up.contains(peer) && !paused.contains(peer)) {
            faults.installSnapshot(peer);
        }
    }

    private void disturb(SplittableRandom random) {
        double loss = random.nextInt(3) == 0 ? 0 : 0.3 * random.nextDouble() * random.nextDouble();
        double twice = random.nextInt(3) == 0 ? 0 : 0.5 * random.nextDouble();
        Duration delay = Duration.ofNanos((long) (1e6 * Math.pow(10, 2 * random.nextDouble())));
        faults.disturbMessages(loss, twice, delay);
        endLater(FaultKind.DISTURB, random, () -> faults.disturbMessages(0, 0, Duration.ofNanos(300_000)));
    }
}
