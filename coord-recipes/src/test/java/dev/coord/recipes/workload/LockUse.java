package dev.coord.recipes.workload;

import dev.coord.CoordException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.election.LeaderListener;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.election.Observation;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.testkit.workload.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** Locks and elections: claimed, given up, released, used by whoever believes to hold them and by those who did once. */
final class LockUse implements ExclusiveUse {
    private static final int MOST_CLAIMS = 6;

    private final World world;
    private final List<String> locks = new ArrayList<>();
    private final List<String> elections = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    private final List<Watched> observations = new ArrayList<>();
    private final HolderCheck check;
    private final QueueCheck queues = new QueueCheck();
    private boolean draining;

    LockUse(World world, int locks, int elections) {
        this.world = world;
        this.check = new HolderCheck(world);
        world.log.tell(queues::follow);
        for (int i = 0; i < locks; i++) {
            this.locks.add("/locks/" + i);
        }
        for (int i = 0; i < elections; i++) {
            this.elections.add("/elections/" + i);
        }
    }

    /** A claim that is not decided. */
    private record Pending(Client client, CompletableFuture<?> claim) {}

    /** A grant, valid or not. */
    record Held(Client client, String path, FencedHandle handle, String key, KeyRange holders) {
        static Held of(Client client, String path, FencedHandle handle) {
            return new Held(client, path, handle, handle.guard().range().from(), KeyRange.prefix(path + "/~h"));
        }

        @Override
        public String toString() {
            return handle + " of session " + client.coord.session().id() + " at " + client.peer;
        }
    }

    /** What an observer was told last. */
    private static final class Watched {
        final Client client;
        final String path;
        Optional<LeaderInfo> told = Optional.empty();
        boolean ended;

        Watched(Client client, String path) {
            this.client = client;
            this.path = path;
        }
    }

    List<Action> actions(int weight) {
        return List.of(
                world.action("lock", 4 * weight, this::lock),
                world.action("try-lock", 2 * weight, this::tryLock),
                world.action("campaign", 4 * weight, this::campaign),
                world.action("give-up", weight, this::giveUp),
                new Action("release", 3 * weight, () -> !held.isEmpty(), this::release),
                new Action("guarded-write", 6 * weight, () -> !held.isEmpty(), this::write),
                world.action("proclaim", weight, this::proclaim),
                world.action("observe", 1, this::observe));
    }

    private static String any(List<String> paths, SplittableRandom random) {
        return paths.get(random.nextInt(paths.size()));
    }

    private Duration patience(SplittableRandom random) {
        return Duration.ofMillis(1 + random.nextInt(1 + random.nextInt(5_000)));
    }

    private void lock(Client client, SplittableRandom random) {
        if (pending.size() < MOST_CLAIMS) {
            String path = any(locks, random);
            DistributedLock lock = DistributedLock.on(client.coord, path);
            claimed(client, path, random.nextBoolean() ? lock.acquireAsync() : lock.acquireAsync(patience(random)));
        }
    }

    private void tryLock(Client client, SplittableRandom random) {
        if (pending.size() < MOST_CLAIMS) {
            String path = any(locks, random);
            Duration patience = random.nextBoolean() ? Duration.ZERO : patience(random);
            CompletableFuture<?> claim = DistributedLock.on(client.coord, path).tryAcquireAsync(patience);
            claimed(client, path, claim);
        }
    }

    private void campaign(Client client, SplittableRandom random) {
        if (pending.size() < MOST_CLAIMS) {
            String path = any(elections, random);
            LeaderElection election = LeaderElection.on(client.coord, path);
            String name = client.peer + "-" + random.nextInt(100);
            claimed(
                    client,
                    path,
                    random.nextInt(3) > 0
                            ? election.campaignAsync(name)
                            : election.campaignAsync(name, patience(random)));
        }
    }

    private void claimed(Client client, String path, CompletableFuture<?> claim) {
        Pending mine = new Pending(client, claim);
        pending.add(mine);
        world.note(claim, result -> {
            Object granted = result instanceof Optional<?> optional ? optional.orElse(null) : result;
            if (granted instanceof FencedHandle handle) {
                granted(Held.of(client, path, handle));
            }
        });
        claim.whenComplete((result, failure) -> pending.remove(mine));
    }

    private void granted(Held grant) {
        check.granted(grant);
        if (draining) {
            giveBack(grant);
        } else {
            held.add(grant);
        }
    }

    private void giveUp(Client client, SplittableRandom random) {
        if (!pending.isEmpty()) {
            Pending one = pending.get(random.nextInt(pending.size()));
            if (world.isUp(one.client())) {
                one.claim().cancel(false);
            }
        }
    }

    private Held any(SplittableRandom random) {
        return held.get(random.nextInt(held.size()));
    }

    private void release(SplittableRandom random) {
        Held one = any(random);
        if (world.isUp(one.client())) {
            held.remove(one);
            giveBack(one);
        }
    }

    /** Writes under the guard, whether the holder still believes in it or not; zombies are what it is for. */
    private void write(SplittableRandom random) {
        Held one = any(random);
        if (!world.isUp(one.client()) || one.client().isOver()) {
            return;
        }
        boolean believed = one.handle().isValid();
        Op put = Op.put(
                World.GUARDED + one.path(), Value.of(Long.toString(one.handle().fencingToken())));
        world.note(
                one.client()
                        .coord
                        .kv()
                        .txn()
                        .when(one.handle().guard())
                        .then(put)
                        .commitAsync(),
                result -> world.saw(result.revision()));
        if (believed) {
            check.writesOutside(one);
        } else {
            held.remove(one);
        }
    }

    private void proclaim(Client client, SplittableRandom random) {
        for (Held one : held) {
            if (one.handle() instanceof Leadership leadership && world.isUp(one.client())) {
                world.note(leadership.proclaimAsync("p" + random.nextInt(100)));
                return;
            }
        }
    }

    private void observe(Client client, SplittableRandom random) {
        String path = any(elections, random);
        Watched watched = new Watched(client, path);
        observations.add(watched);
        Observation ignored = LeaderElection.on(client.coord, path).observe(new LeaderListener() {
            @Override
            public void onLeader(Optional<LeaderInfo> leader) {
                watched.told = leader;
            }

            @Override
            public void onEnd(CoordException cause) {
                watched.ended = true;
            }
        });
    }

    // ---- what must hold

    /** After every step. */
    @Override
    public void check() {
        check.check(held);
    }

    /** After every action. */
    @Override
    public void checkNow() {
        check.checkSignals(held);
    }

    /** Whether every observer knows who leads. */
    @Override
    public boolean isEveryObserverTold() {
        Map<String, Optional<LeaderInfo>> leaders = new HashMap<>();
        elections.forEach(path -> leaders.put(path, world.leaderOf(path)));
        return observations.stream()
                .filter(watched -> !watched.ended && !watched.client.isOver())
                .allMatch(watched -> watched.told.equals(leaders.get(watched.path)));
    }

    /** Gives everything back, as each of those who wait will at once when his turn comes. */
    @Override
    public void drain() {
        draining = true;
        List.copyOf(held).forEach(this::giveBack);
        held.clear();
    }

    private void giveBack(Held one) {
        check.released(one);
        one.handle().closeAsync();
    }

    /** Whether all who waited had their turn. */
    @Override
    public boolean isEveryClaimDecided() {
        return pending.isEmpty();
    }

    /** What was done, for the report. */
    @Override
    public Map<String, Long> counts() {
        return Map.of("lockCycles", queues.cycles(), "guardedWrites", queues.guardedWrites());
    }

    @Override
    public boolean isNothingLeft() {
        return locks.stream().allMatch(path -> world.waitersOf(path) == 0)
                && elections.stream().allMatch(path -> world.waitersOf(path) == 0);
    }
}
