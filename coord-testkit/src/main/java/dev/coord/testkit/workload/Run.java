package dev.coord.testkit.workload;

import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One run of a workload on a cluster of its own: first the safety phase, in which actions and faults happen as they come,
 * then the liveness phase: the faults end, and the cluster must make progress and agree again.
 */
final class Run {
    /** Longer than all time limits of operations and leases in a workload together. */
    private static final Duration RECOVERY = Duration.ofSeconds(30);

    /** A cluster that does this much is busy with itself. */
    private static final long MAX_STEPS = 20_000_000;

    private final long seed;
    private final Profile profile;
    private final SimulatedCluster cluster;
    private final FaultActions faults;
    private final Scenario scenario;
    private final List<Action> actions;
    private final Map<String, Action> byName = new HashMap<>();
    private final List<Step> done = new ArrayList<>();

    private Run(Workload workload, long seed) {
        this.seed = seed;
        profile = new Profile(seed, workload);
        SimulatedCluster.Builder builder =
                SimulatedCluster.builder().peers(profile.peers).seed(seed);
        workload.prepare(builder, seed);
        cluster = builder.start();
        faults = new FaultActions(cluster, profile);
        scenario = workload.begin(cluster, seed);
        actions = scenario.actions();
        faults.actions().forEach(action -> byName.put(action.name(), action));
        actions.forEach(action -> byName.put(action.name(), action));
    }

    /**
     * Runs a seed.
     *
     * @param script the steps to take, or null for those of the seed
     */
    static Outcome of(Workload workload, long seed, @Nullable List<Step> script) {
        Run run;
        try {
            run = new Run(workload, seed);
        } catch (RuntimeException | Error e) {
            return new Outcome(seed, "", List.of(), e, "", 0, 0, 0, Map.of(), Map.of());
        }
        return run.execute(script);
    }

    private Outcome execute(@Nullable List<Step> script) {
        Throwable failure = null;
        String story = "";
        try (cluster) {
            try {
                cluster.onStep(this::checkStep);
                if (script == null) {
                    draw();
                } else {
                    script.forEach(this::take);
                }
                recover();
                scenario.finish();
            } catch (RuntimeException | Error e) {
                failure = e;
                story = scenario.story();
            }
        } catch (RuntimeException | Error e) {
            failure = failure == null ? e : failure;
        }
        Map<String, Long> suffered = new TreeMap<>();
        faults.counts().forEach((kind, count) -> suffered.put(kind.label(), count));
        return new Outcome(
                seed,
                profile.toString(),
                List.copyOf(done),
                failure,
                story,
                cluster.steps(),
                cluster.elapsed().toNanos(),
                Long.parseUnsignedLong(cluster.traceDigest(), 16),
                suffered,
                scenario.counts());
    }

    private void checkStep() {
        scenario.checkStep();
        if (cluster.steps() > MAX_STEPS) {
            throw new AssertionError("no end: more than " + MAX_STEPS + " steps");
        }
    }

    // ---- the safety phase

    private void draw() {
        SplittableRandom random = profile.random();
        int faultWeight = 0;
        for (FaultKind kind : FaultKind.values()) {
            faultWeight += profile.weight(kind);
        }
        int weight = actions.stream().mapToInt(Action::weight).sum();
        for (int i = 0; i < profile.actions; i++) {
            boolean fault = random.nextInt(100 + faultWeight) < faultWeight;
            Action action = fault ? pickFault(random.nextInt(faultWeight)) : pick(random.nextInt(weight));
            take(new Step(action.name(), random.nextLong(), profile.waitNanos()));
        }
    }

    private Action pick(int at) {
        int left = at;
        for (Action action : actions) {
            left -= action.weight();
            if (left < 0) {
                return action;
            }
        }
        throw new AssertionError();
    }

    private Action pickFault(int at) {
        int left = at;
        for (FaultKind kind : FaultKind.values()) {
            left -= profile.weight(kind);
            if (left < 0) {
                return Objects.requireNonNull(byName.get(kind.label()));
            }
        }
        throw new AssertionError();
    }

    private void take(Step step) {
        Action action = byName.get(step.action());
        if (action == null) {
            throw new IllegalArgumentException("no action " + step.action());
        }
        done.add(step);
        if (action.possible().getAsBoolean()) {
            action.run().accept(step.random());
        }
        faults.advance(step.waitNanos());
        scenario.check();
    }

    // ---- the liveness phase

    private void recover() {
        faults.endAll();
        cluster.runUntil(
                "a Raft leader after all faults ended",
                RECOVERY,
                () -> cluster.leader().isPresent());
        scenario.check();
    }
}
