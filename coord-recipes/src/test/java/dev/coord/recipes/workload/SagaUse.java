package dev.coord.recipes.workload;

import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.CommitCoordinatorBuilder;
import dev.coord.recipes.commit.CommitListener;
import dev.coord.recipes.commit.SagaRun;
import dev.coord.recipes.commit.TransactionStatus;
import dev.coord.testkit.workload.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sagas of one to five steps, with coordinators that come and go with their sessions. In the end of each saga all steps have happened and
 * none was undone, or each that happened was undone, in reverse order, once in effect; as whoever asked was told.
 */
final class SagaUse implements ExclusiveUse {
    private static final String PATH = "/commit/sagas";
    private static final int MOST_STEPS = 5;

    private final World world;
    private final SagaSteps steps;
    private final Map<Client, CommitCoordinator> coordinators = new IdentityHashMap<>();
    private final List<Saga> sagas = new ArrayList<>();
    private final int attempts;
    private final Duration callTimeout;
    private long takenOver;
    private long told;

    SagaUse(World world, long seed) {
        this.world = world;
        SplittableRandom random = new SplittableRandom(seed);
        attempts = 1 + random.nextInt(4);
        callTimeout = Duration.ofMillis(60 + random.nextInt(1_000));
        steps = new SagaSteps(
                world.cluster.ticker(), seed, 1 + callTimeout.multipliedBy(2).toMillis());
    }

    /** A saga, and what was heard of it. */
    private static final class Saga {
        final SagaRun run;
        final int steps;
        final Client client;

        @Nullable
        Boolean committed;

        Saga(SagaRun run, int steps, Client client) {
            this.run = run;
            this.steps = steps;
            this.client = client;
        }

        boolean isOver() {
            return run.resultAsync().isDone();
        }
    }

    List<Action> actions(int weight) {
        return List.of(
                world.action("saga", 8 * weight, this::start),
                world.action("close-coordinator", weight, (client, random) -> closeCoordinator(client)),
                world.action("status", weight, this::status));
    }

    private CommitCoordinator coordinator(Client client) {
        return coordinators.computeIfAbsent(client, unknown -> {
            CommitCoordinatorBuilder builder = CommitCoordinator.on(client.coord, PATH)
                    .retention(Duration.ofHours(2))
                    .scanInterval(world.usualTtl())
                    .maxCalls(1_000)
                    .listener(new CommitListener() {
                        @Override
                        public void onTakenOver(String transaction, TransactionStatus status) {
                            takenOver++;
                        }
                    });
            for (int i = 1; i <= MOST_STEPS; i++) {
                builder.saga(steps.called(client.coord, "of" + i, i)
                        .attempts(attempts)
                        .callTimeout(callTimeout)
                        .longestBackoff(Duration.ofMillis(200))
                        .build());
            }
            return builder.start();
        });
    }

    private void closeCoordinator(Client client) {
        CommitCoordinator one = coordinators.remove(client);
        if (one != null) {
            one.closeAsync();
        }
    }

    // ---- what is done

    private void start(Client client, SplittableRandom random) {
        int count = 1 + random.nextInt(MOST_STEPS);
        Saga saga = new Saga(coordinator(client).startSaga("of" + count, Value.of("" + count)), count, client);
        sagas.add(saga);
        saga.run.resultAsync().whenComplete((results, failure) -> {
            if (failure == null) {
                saga.committed = true;
            } else if (failure instanceof CoordException known && known.outcome() == Outcome.NOT_APPLIED) {
                saga.committed = false;
            }
        });
        world.note(
                saga.run.resultAsync(),
                results -> World.require(
                        results.size() == count && SagaSteps.isAll(steps.effects(saga.run.id()), count),
                        () -> saga.run + " has ended with " + results + " and " + steps.effects(saga.run.id())));
    }

    private void status(Client client, SplittableRandom random) {
        if (sagas.isEmpty()) {
            return;
        }
        Saga one = sagas.get(random.nextInt(sagas.size()));
        world.note(coordinator(client).statusAsync(one.run.id()), status -> {
            told++;
            Boolean committed = one.committed;
            if (committed != null && committed) {
                World.require(
                        status == TransactionStatus.COMMITTED, () -> one.run + " was committed, and later " + status);
            }
            if (status == TransactionStatus.COMMITTED) {
                World.require(
                        SagaSteps.isAll(steps.effects(one.run.id()), one.steps),
                        () -> one.run + " is committed with " + steps.effects(one.run.id()));
            }
        });
    }

    // ---- what must hold

    @Override
    public void check() {
        steps.deliver();
        World.require(steps.wrong() == null, () -> String.valueOf(steps.wrong()));
    }

    @Override
    public void checkNow() {
        coordinators.keySet().removeIf(client -> client.isOver() || !world.isUp(client));
    }

    @Override
    public boolean isEveryObserverTold() {
        return true;
    }

    @Override
    public void drain() {
        steps.calm();
        // Somebody has to be there to take over.
        world.clients().stream()
                .filter(client -> !client.isOver() && world.isUp(client))
                .forEach(this::coordinator);
        for (String peer : world.cluster.ids()) {
            coordinator(world.opened(peer, peer + ".heir"));
        }
    }

    @Override
    public boolean isEveryClaimDecided() {
        steps.deliver();
        return sagas.stream().allMatch(one -> one.isOver() || one.client.isOver() || !world.isUp(one.client));
    }

    @Override
    public boolean isNothingLeft() {
        steps.deliver();
        return world.queue(PATH).stream()
                .map(entry -> entry.key().substring(PATH.length()))
                .noneMatch(key -> key.startsWith("/~t/") || key.startsWith("/~o/"));
    }

    @Override
    public void checkInTheEnd() {
        steps.deliver();
        for (Saga one : sagas) {
            List<String> effects = steps.effects(one.run.id());
            boolean all = SagaSteps.isAll(effects, one.steps);
            World.require(all || SagaSteps.isUndone(effects, one.steps), () -> one.run + " has come to " + effects);
            if (one.committed != null) {
                World.require(
                        all == one.committed,
                        () -> one.run + " has come to " + effects + ", but whoever asked was told " + one.committed);
            }
        }
    }

    @Override
    public Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>(steps.counts());
        counts.put("sagas", (long) sagas.size());
        counts.put("committed", count(one -> SagaSteps.isAll(steps.effects(one.run.id()), one.steps)));
        counts.put("unknown", count(one -> one.isOver() && one.committed == null));
        counts.put("taken over", takenOver);
        counts.put("statuses", told);
        return counts;
    }

    private long count(Predicate<Saga> which) {
        return sagas.stream().filter(which).count();
    }
}
