package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.net.Messenger;
import dev.coord.recipes.commit.MemoryParticipant.State;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One death at one point of the protocol, in simulation: five peers with a coordinator each, two participants that the second and the
 * third serve, and a last resource within reach of all. The first peer's coordinator commits. Where the point is one of a take-over,
 * that peer dies first, and then whoever takes over. In the end all participants agree with each other, with what the caller was told
 * if there is one left, and with what any coordinator says; and that within the time that is promised.
 */
final class CrashRun {
    private static final String PATH = "/commit/crash";
    private static final Duration TTL = Duration.ofSeconds(1);

    /** To miss a Raft leader and to elect another. */
    private static final Duration FAILOVER = Duration.ofSeconds(1);

    static final Duration PROMISED = TTL.plus(FAILOVER).plusSeconds(2);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String COORDINATOR = "n1";

    private final CrashPoint point;
    private final SplittableRandom random;
    private final SimulatedCluster cluster;
    private final MemoryParticipant a = new MemoryParticipant();
    private final MemoryParticipant b = new MemoryParticipant();
    private final MemoryParticipant last = new MemoryParticipant();
    private final Map<String, Crash> hooks = new HashMap<>();
    private final Map<String, CommitCoordinator> coordinators = new HashMap<>();
    private @Nullable String dead;

    private CrashRun(CrashPoint point, long seed) {
        this.point = point;
        this.random = new SplittableRandom(seed);
        this.cluster =
                SimulatedCluster.builder().peers(5).seed(seed).sessionTtl(TTL).start();
    }

    /**
     * Runs it.
     *
     * @param point where somebody dies
     * @param seed everything else
     * @return how long it took from the last death, or its end if a participant was dead, until nobody was in doubt
     * @throws AssertionError if anything promised did not hold
     */
    static Duration of(CrashPoint point, long seed) {
        CrashRun run = new CrashRun(point, seed);
        try (run.cluster) {
            return run.run();
        }
    }

    private Duration run() {
        if (random.nextBoolean()) {
            cluster.faults().disturbMessages(0, 0.1, Duration.ofMillis(1 + random.nextInt(20)));
        }
        cluster.runUntil("a Raft leader", LIMIT, () -> cluster.leader().isPresent());
        cluster.ids().forEach(this::start);
        cluster.advance(Duration.ofMillis(200));
        if (aborts()) {
            b.voting(Vote.refused("to see it aborted"));
        }
        arm();
        // Of whom it is to have a record before it commits, or not.
        CommitCoordinator coordinator = coordinator(COORDINATOR);
        GlobalTransaction transaction = switch (random.nextInt(3)) {
            case 0 -> coordinator.begin();
            case 1 -> coordinator.begin("a");
            default -> hasLast() ? coordinator.begin("a", "b", "last") : coordinator.begin("a", "b");
        };
        List.of("a", "b").forEach(transaction::enlist);
        if (hasLast()) {
            transaction.enlist("last");
        }
        CompletableFuture<Void> commit = transaction.commitAsync();
        Duration took = die();
        check(transaction.id(), commit);
        return took;
    }

    private boolean aborts() {
        return point.step() == CommitStep.NOTE_ABORT
                || point.step() == CommitStep.CALL_ABORT
                || point.step() == CommitStep.ABORT;
    }

    private boolean hasLast() {
        return point.step() == CommitStep.COMMIT_ONE_PHASE || point.step() == CommitStep.SETTLE;
    }

    private boolean isOfTakeOver() {
        return point.step() == CommitStep.TAKE || point.step() == CommitStep.SETTLE;
    }

    private boolean isOfParticipant() {
        return point.step() == CommitStep.PREPARE
                || point.step() == CommitStep.COMMIT
                || point.step() == CommitStep.ABORT;
    }

    // ---- processes

    private void start(String peer) {
        Coord coord = cluster.open(peer, TTL);
        Messenger messenger = cluster.messenger(peer);
        StepHook hook = hook(peer);
        serve("n2".equals(peer), messenger, "a", a, hook);
        serve("n3".equals(peer), messenger, "b", b, hook);
        coordinators.put(
                peer,
                CommitCoordinator.on(new InterceptedCoord(coord, PATH, hook), PATH)
                        .participant("a", remote(messenger, "n2", "a", hook))
                        .participant("b", remote(messenger, "n3", "b", hook))
                        .lastResource("last", new InterceptedLastResource(last, hook))
                        .timeout(Duration.ofSeconds(5))
                        .start());
    }

    private static void serve(boolean here, Messenger messenger, String name, Participant participant, StepHook hook) {
        if (here) {
            RemoteParticipant.serve(messenger, name, InterceptedParticipant.served(participant, hook));
        }
    }

    private static Participant remote(Messenger messenger, String peer, String name, StepHook hook) {
        return InterceptedParticipant.called(RemoteParticipant.at(messenger, peer, name, Duration.ofSeconds(1)), hook);
    }

    private CommitCoordinator coordinator(String peer) {
        return requireNonNull(coordinators.get(peer));
    }

    /** The hook that stands around a process's steps now. */
    private StepHook hook(String peer) {
        return new StepHook() {
            @Override
            public <T extends @Nullable Object> CompletableFuture<T> around(
                    CommitStep step, Supplier<CompletableFuture<T>> call) {
                StepHook armed = hooks.get(peer);
                return armed == null ? call.get() : armed.around(step, call);
            }
        };
    }

    // ---- death

    private void arm() {
        if (!isOfTakeOver()) {
            arm(isOfParticipant() ? "n2" : COORDINATOR, point);
        } else if (point.step() == CommitStep.TAKE) {
            arm(COORDINATOR, new CrashPoint(CommitStep.DECIDE, random.nextBoolean()));
        } else {
            arm(COORDINATOR, new CrashPoint(CommitStep.COMMIT_ONE_PHASE, random.nextBoolean()));
        }
    }

    private void arm(String peer, CrashPoint where) {
        hooks.put(peer, new Crash(where, 1, () -> dead = peer));
    }

    /** Lets die who is to; returns how long the others, or the restarted participant, took. */
    private Duration die() {
        String first = kill();
        if (isOfTakeOver()) {
            cluster.ids().stream().filter(id -> !id.equals(first)).forEach(id -> arm(id, point));
            String second = kill();
            boolean serves = second.equals("n2") || second.equals("n3");
            if (serves) {
                cluster.advance(Duration.ofMillis(random.nextInt(8_000)));
                restart(second);
            }
            Duration took = untilResolved();
            restart(first);
            if (!serves) {
                restart(second);
            }
            return took;
        }
        if (!isOfParticipant()) {
            boolean early = random.nextBoolean();
            if (early) {
                cluster.advance(Duration.ofMillis(random.nextInt(3_000)));
                restart(first);
            }
            Duration took = untilResolved();
            if (!early) {
                restart(first);
            }
            return took;
        }
        cluster.advance(Duration.ofMillis(random.nextInt(8_000)));
        restart(first);
        return untilResolved();
    }

    private String kill() {
        dead = null;
        cluster.runUntil(point + " is reached", LIMIT, () -> dead != null);
        String victim = Optional.ofNullable(dead).orElseThrow();
        cluster.faults().crash(victim);
        hooks.forEach((peer, crash) -> {
            if (!peer.equals(victim)) {
                crash.disarm();
            }
        });
        return victim;
    }

    private void restart(String peer) {
        cluster.faults().restart(peer);
        hooks.remove(peer);
        start(peer);
    }

    private Duration untilResolved() {
        long began = cluster.ticker().nanos();
        cluster.runUntil("nobody in doubt after " + point, LIMIT, this::isResolved);
        Duration took = Duration.ofNanos(cluster.ticker().nanos() - began);
        if (took.compareTo(PROMISED) > 0) {
            throw new AssertionError("resolved after " + took + ", later than " + PROMISED);
        }
        return took;
    }

    private boolean isResolved() {
        return a.inDoubt().isEmpty() && b.inDoubt().isEmpty() && count("/~t/") == 0 && count("/~o/") == 0;
    }

    private long count(String part) {
        return cluster.committed(RangeQuery.of(KeyRange.prefix(PATH + part)).countedOnly())
                .count();
    }

    // ---- judgement

    private void check(String id, CompletableFuture<Void> commit) {
        cluster.advance(Duration.ofSeconds(12)); // what was delayed arrives, and finds nobody to mislead
        require(isResolved(), "somebody is in doubt again");
        boolean committed = a.state(id) == State.COMMITTED;
        require(committed == (b.state(id) == State.COMMITTED), "a is " + a.state(id) + ", b is " + b.state(id));
        require(!hasLast() || committed == (last.state(id) == State.COMMITTED), "the last resource is otherwise");
        require(a.wrong().isEmpty() && b.wrong().isEmpty(), a.wrong() + " " + b.wrong());
        TransactionStatus status = cluster.await(coordinator("n5").statusAsync(id));
        require(
                committed == (status == TransactionStatus.COMMITTED),
                "its status is " + status + ", a is " + a.state(id));
        require(count("/~h/") == 0, "a heuristic outcome");
        if (commit.isDone()) {
            require(told(commit).map(said -> said == committed).orElse(true), "the caller was told otherwise");
        } else {
            require(!isOfParticipant(), "the caller was told nothing");
        }
    }

    private static Optional<Boolean> told(CompletableFuture<Void> commit) {
        Throwable failure = commit.isCompletedExceptionally()
                ? commit.handle((done, error) -> error).join()
                : null;
        if (failure == null) {
            return Optional.of(true);
        }
        boolean surely = failure instanceof CoordException known && known.outcome() == Outcome.NOT_APPLIED;
        return surely ? Optional.of(false) : Optional.empty();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
