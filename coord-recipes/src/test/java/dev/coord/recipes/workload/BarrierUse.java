package dev.coord.recipes.workload;

import static dev.coord.recipes.workload.World.require;

import dev.coord.Coord;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.sync.BarrierMember;
import dev.coord.recipes.sync.BrokenBarrierException;
import dev.coord.recipes.sync.CyclicBarrier;
import dev.coord.recipes.sync.DoubleBarrier;
import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * Two barriers of three: nobody passes one alone, nobody leaves the other before the rest has, and whoever is patient for a
 * while only has an answer in the end.
 */
final class BarrierUse implements Scenario {
    private static final String CYCLIC = "/cyclic";
    private static final String DOUBLE = "/double";
    private static final int PARTIES = 3;

    private final World world;
    private final List<CompletableFuture<?>> pending = new ArrayList<>();
    private final List<BarrierMember> members = new ArrayList<>();
    private final Map<Long, Integer> entered = new HashMap<>();
    private final long[] passed = new long[PARTIES];
    private long unknown;
    private long broken;
    private long left;

    BarrierUse(World world) {
        this.world = world;
        for (String peer : world.cluster.ids()) {
            world.open(peer, world.usualTtl());
        }
    }

    @Override
    public List<Action> actions() {
        List<Action> actions = new ArrayList<>(new SessionUse(world).actions(4));
        actions.add(world.action("arrive", 12, this::arrive));
        actions.add(world.action(
                "reset", 2, (client, random) -> world.note(cyclic(client).resetAsync())));
        actions.add(world.action("enter", 12, this::enter));
        actions.add(new Action("leave", 10, () -> !members.isEmpty(), this::leave));
        actions.add(new Action("cancel", 1, () -> !pending.isEmpty(), this::cancel));
        return actions;
    }

    private static CyclicBarrier cyclic(Client client) {
        return CyclicBarrier.on(client.coord, CYCLIC, PARTIES);
    }

    private Duration patience(SplittableRandom random) {
        return Duration.ofMillis(random.nextLong(world.usualTtl().toMillis() * 3));
    }

    private void arrive(Client client, SplittableRandom random) {
        CompletableFuture<OptionalInt> arrival = cyclic(client).awaitAsync(patience(random));
        pending.add(arrival);
        unknown++;
        arrival.whenComplete((place, error) -> {
            pending.remove(arrival);
            if (place != null) {
                unknown--;
                place.ifPresent(index -> passed[index]++);
            } else if (error instanceof BrokenBarrierException) {
                unknown--;
                broken++;
            }
        });
        world.note(arrival);
    }

    private void enter(Client client, SplittableRandom random) {
        CompletableFuture<Optional<BarrierMember>> entering =
                DoubleBarrier.on(client.coord, DOUBLE, PARTIES).enterAsync(patience(random));
        pending.add(entering);
        entering.whenComplete((member, error) -> pending.remove(entering));
        world.note(
                entering,
                found -> found.ifPresent(member -> {
                    members.add(member);
                    int together = entered.merge(member.round(), 1, Integer::sum);
                    require(together <= PARTIES, () -> together + " members in round " + member.round());
                }));
    }

    private void leave(SplittableRandom random) {
        BarrierMember member = members.remove(random.nextInt(members.size()));
        CompletableFuture<Boolean> leaving = member.leaveAsync(patience(random));
        pending.add(leaving);
        leaving.whenComplete((all, error) -> pending.remove(leaving));
        world.note(leaving, all -> {
            if (all) {
                left++;
                requireGone(member.round());
            }
        });
    }

    /** By what is committed, which is newer than what the one who left has heard: who is gone stays gone. */
    private void requireGone(long round) {
        KeyRange range = KeyRange.prefix(DOUBLE + "/~p-");
        world.cluster
                .committed(RangeQuery.of(range))
                .entries()
                .forEach(entry -> require(
                        entry.createRevision() > round, () -> "left round " + round + " before " + entry.key()));
    }

    private void cancel(SplittableRandom random) {
        pending.remove(random.nextInt(pending.size())).cancel(false);
    }

    @Override
    public void check() {
        world.throwFailure();
        for (int place = 1; place < PARTIES; place++) {
            long alone = passed[place] - passed[0];
            require(alone <= unknown, () -> alone + " passed that the last one did not let pass");
        }
    }

    @Override
    public Map<String, Long> counts() {
        return Map.of(
                "generations passed",
                passed[0],
                "arrivals broken",
                broken,
                "members entered",
                entered.values().stream().mapToLong(each -> each).sum(),
                "members left together",
                left);
    }

    @Override
    public void finish() {
        world.checkProgress();
        Duration limit = Duration.ofSeconds(30).plus(world.longestTtl().multipliedBy(4));
        world.cluster.runUntil("an answer for all", limit, pending::isEmpty);
        check();
        members.forEach(BarrierMember::close);
        Coord coord = world.cluster.open(world.cluster.ids().get(0), world.usualTtl());
        world.cluster.runUntil("all sessions of the past over", limit, () -> count("/~p-") == 0);
        passAndLeave(coord);
        world.cluster.runUntil("nothing left", Duration.ofSeconds(30), () -> count("/~") == 0);
        check();
        world.cluster.assertReplicasAgree();
    }

    /** Whatever happened, both barriers are of use again. */
    private void passAndLeave(Coord coord) {
        CyclicBarrier cyclic = CyclicBarrier.on(coord, CYCLIC, PARTIES);
        world.cluster.await(cyclic.resetAsync());
        List<CompletableFuture<Integer>> arrivals = new ArrayList<>();
        List<CompletableFuture<Void>> members = new ArrayList<>();
        for (int i = 0; i < PARTIES; i++) {
            arrivals.add(cyclic.awaitAsync());
            members.add(DoubleBarrier.on(coord, DOUBLE, PARTIES).enterAsync().thenCompose(BarrierMember::leaveAsync));
        }
        arrivals.forEach(world.cluster::await);
        members.forEach(world.cluster::await);
    }

    private long count(String below) {
        return world.cluster
                        .committed(RangeQuery.of(KeyRange.prefix(CYCLIC + below)))
                        .count()
                + world.cluster
                        .committed(RangeQuery.of(KeyRange.prefix(DOUBLE + below)))
                        .count();
    }
}
