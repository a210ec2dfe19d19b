package dev.coord.recipes.workload;

import dev.coord.Coord;
import dev.coord.kv.Op;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.lock.Acquirable;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.DistributedReadWriteLock;
import dev.coord.recipes.lock.DistributedSemaphore;
import dev.coord.recipes.lock.MultiLock;
import dev.coord.recipes.lock.ReadLockHandle;
import dev.coord.recipes.lock.SemaphoreHandle;
import dev.coord.recipes.lock.Upgrade;
import dev.coord.recipes.lock.WriteLockHandle;
import dev.coord.testkit.workload.Action;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Readers and writers, semaphores, several locks at once, locks with a delay: all the kinds that {@link LockUse} has not. */
final class KindsUse implements ExclusiveUse {
    static final String ROOT = "/kinds/";
    static final String WRITTEN = "/written";
    static final String READ_WRITE = ROOT + "rw";
    static final String SEMAPHORE = ROOT + "semaphore";
    static final String DELAYED = ROOT + "delayed";
    static final String MULTI = ROOT + "multi-";
    static final int USUAL_LIMIT = 3;
    /** How many locks are acquired at once, of one more. */
    static final int TOGETHER = 2;

    private static final int MOST_CLAIMS = 6;

    private final World world;
    private final KindsCheck check;
    private final Duration delay;
    private final List<Pending> pending = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    /** Those of locks with a delay who have not given back what they held, nor closed their session. */
    private final List<Held> delayed = new ArrayList<>();
    /** Until when a holder was certain when it last was. */
    private final Map<Held, Deadline> certainUntil = new LinkedHashMap<>();

    private boolean draining;

    KindsUse(World world) {
        this.world = world;
        this.check = new KindsCheck();
        this.delay = world.usualTtl().compareTo(DistributedLock.MAX_LOCK_DELAY) < 0
                ? world.usualTtl()
                : DistributedLock.MAX_LOCK_DELAY;
        world.log.tell(check::follow);
    }

    /** A claim that is not decided. */
    private record Pending(Client client, CompletableFuture<?> claim) {}

    /** A grant, valid or not. */
    record Held(Client client, String path, FencedHandle handle) {
        String key() {
            return handle.guard().range().from();
        }

        @Override
        public String toString() {
            return handle + " of session " + client.coord.session().id() + " at " + client.peer;
        }
    }

    List<Action> actions(int weight) {
        return List.of(
                world.action(
                        "read-lock",
                        5 * weight,
                        (client, random) ->
                                claim(client, READ_WRITE, lock(client).readLock(), random)),
                world.action(
                        "write-lock",
                        2 * weight,
                        (client, random) ->
                                claim(client, READ_WRITE, lock(client).writeLock(), random)),
                new Action("upgrade", 6 * weight, () -> !held.isEmpty(), this::upgrade),
                new Action("downgrade", 2 * weight, () -> !held.isEmpty(), this::downgrade),
                world.action(
                        "semaphore",
                        6 * weight,
                        (client, random) -> claim(
                                client,
                                SEMAPHORE,
                                semaphore(client).withPermits(1 + random.nextInt(random.nextInt(5) + 1)),
                                random)),
                world.action("semaphore-limit", 4 * weight, this::limit),
                world.action("multi-lock", 2 * weight, this::several),
                world.action("part-lock", weight, (client, random) -> {
                    String path = MULTI + random.nextInt(TOGETHER + 1);
                    claim(client, path, DistributedLock.on(client.coord, path), random);
                }),
                world.action(
                        "delayed-lock",
                        2 * weight,
                        (client, random) -> claim(
                                client,
                                DELAYED,
                                DistributedLock.on(client.coord, DELAYED).withLockDelay(delay),
                                random)),
                world.action(
                        "request-release",
                        weight,
                        (client, random) -> world.note(lock(client).readLock().requestReleaseAsync())),
                new Action("kind-give-up", weight, () -> !pending.isEmpty(), this::giveUp),
                new Action("kind-release", 4 * weight, () -> !held.isEmpty(), this::release),
                new Action("kind-guarded-write", 3 * weight, () -> !held.isEmpty(), this::write));
    }

    private static DistributedReadWriteLock lock(Client client) {
        return DistributedReadWriteLock.on(client.coord, READ_WRITE);
    }

    private static DistributedSemaphore semaphore(Client client) {
        return DistributedSemaphore.on(client.coord, SEMAPHORE, USUAL_LIMIT);
    }

    private static Duration patience(SplittableRandom random) {
        return random.nextInt(4) == 0
                ? Duration.ZERO
                : Duration.ofMillis(1 + random.nextInt(1 + random.nextInt(5_000)));
    }

    // ---- claims

    private void several(Client client, SplittableRandom random) {
        int first = random.nextInt(TOGETHER + 1);
        int second = (first + 1 + random.nextInt(TOGETHER)) % (TOGETHER + 1);
        claim(client, MULTI + first, MultiLock.of(client.coord, MULTI + first, MULTI + second), random);
    }

    private void claim(Client client, String path, Acquirable<?> what, SplittableRandom random) {
        if (pending.size() >= MOST_CLAIMS) {
            return;
        }
        CompletableFuture<?> claim = switch (random.nextInt(3)) {
            case 0 -> what.acquireAsync();
            case 1 -> what.acquireAsync(patience(random));
            default -> what.tryAcquireAsync(patience(random));
        };
        Pending mine = new Pending(client, claim);
        pending.add(mine);
        world.note(claim, result -> {
            Object granted = result instanceof Optional<?> optional ? optional.orElse(null) : result;
            if (granted instanceof FencedHandle handle) {
                granted(new Held(client, path, handle));
            }
        });
        claim.whenComplete((result, failure) -> pending.remove(mine));
    }

    private void granted(Held grant) {
        check.granted(grant);
        if (grant.path().equals(DELAYED)) {
            delayed.add(grant);
        }
        if (draining) {
            giveBack(grant);
        } else {
            held.add(grant);
        }
    }

    private void giveUp(SplittableRandom random) {
        Pending one = pending.get(random.nextInt(pending.size()));
        if (world.isUp(one.client())) {
            one.claim().cancel(false);
        }
    }

    // ---- what holders do

    private Held any(SplittableRandom random) {
        return held.get(random.nextInt(held.size()));
    }

    private boolean isAble(Held one) {
        return world.isUp(one.client()) && !one.client().isOver();
    }

    private void release(SplittableRandom random) {
        Held one = any(random);
        if (world.isUp(one.client())) {
            held.remove(one);
            giveBack(one);
        }
    }

    private void giveBack(Held one) {
        delayed.remove(one);
        one.handle().closeAsync();
    }

    /** One of those held by handles of a kind. */
    private <H> Optional<Held> any(Class<H> kind, SplittableRandom random) {
        List<Held> such = held.stream()
                .filter(one -> kind.isInstance(one.handle()) && isAble(one))
                .toList();
        return such.isEmpty() ? Optional.empty() : Optional.of(such.get(random.nextInt(such.size())));
    }

    private void upgrade(SplittableRandom random) {
        if (pending.size() < MOST_CLAIMS) {
            any(ReadLockHandle.class, random).ifPresent(one -> upgrade(one, patience(random)));
        }
    }

    private void upgrade(Held one, Duration patience) {
        CompletableFuture<Upgrade> upgrade;
        try {
            upgrade = ((ReadLockHandle) one.handle()).tryUpgradeAsync(patience);
        } catch (IllegalStateException e) {
            return; // is upgraded already
        }
        Pending mine = new Pending(one.client(), upgrade);
        pending.add(mine);
        world.note(
                upgrade,
                answer -> answer.handle().ifPresent(writer -> {
                    check.granted(new Held(one.client(), one.path(), writer));
                    if (draining || !held.contains(one)) {
                        writer.closeAsync();
                    } else {
                        held.add(new Held(one.client(), one.path(), writer));
                    }
                }));
        upgrade.whenComplete((result, failure) -> pending.remove(mine));
    }

    /** The writer's handle is used on: it must not be of use. */
    private void downgrade(SplittableRandom random) {
        any(WriteLockHandle.class, random).filter(one -> one.handle().isValid()).ifPresent(one -> {
            ReadLockHandle reader = ((WriteLockHandle) one.handle()).downgrade();
            if (held.stream().noneMatch(other -> other.handle() == reader)) {
                held.add(new Held(one.client(), one.path(), reader));
            }
        });
    }

    private void limit(Client client, SplittableRandom random) {
        switch (random.nextInt(4)) {
            case 0 -> world.note(semaphore(client).deleteAsync());
            case 1 -> world.note(semaphore(client).trySetLimitAsync(USUAL_LIMIT, 1 + random.nextInt(6)));
            default -> world.note(semaphore(client).setLimitAsync(1 + random.nextInt(6)));
        }
    }

    /** Writes under the guard, which the store must refuse to those who hold no more. */
    private void write(SplittableRandom random) {
        Held one = any(random);
        if (!isAble(one)) {
            return;
        }
        boolean believed = one.handle().isValid();
        Op put = Op.put(
                WRITTEN + one.path(),
                one.key() + " " + (isShared(one) ? Long.MAX_VALUE : one.handle().fencingToken()));
        world.note(
                one.client()
                        .coord
                        .kv()
                        .txn()
                        .when(one.handle().guard())
                        .then(put)
                        .commitAsync(),
                result -> world.saw(result.revision()));
        if (!believed) {
            held.remove(one);
        }
    }

    static boolean isShared(Held one) {
        return one.handle() instanceof ReadLockHandle || one.handle() instanceof SemaphoreHandle;
    }

    // ---- what must hold

    /** After every step. */
    @Override
    public void check() {
        check.check(held);
        delayed.removeIf(one -> one.client().closed);
        certainUntil.keySet().retainAll(delayed);
        Map<Held, Deadline> failed = new LinkedHashMap<>();
        for (Held one : delayed) {
            Deadline end = one.handle().validUntil();
            if (one.handle().isValid()) {
                certainUntil.put(one, end);
            } else {
                // Whoever was paused notices later.
                failed.put(one, certainUntil.getOrDefault(one, end));
            }
        }
        check.checkDelay(failed, delay);
        delayed.removeIf(one ->
                failed.containsKey(one) && failed.get(one).remaining().negated().compareTo(delay) > 0);
    }

    /** Gives everything back, and gives the limit of the semaphore up in the end. */
    @Override
    public void drain() {
        draining = true;
        List.copyOf(held).forEach(this::giveBack);
        held.clear();
        // A limit that was lowered must not keep anybody waiting for ever.
        String peer = world.cluster.ids().get(0);
        Coord last = world.history.record(world.cluster.open(peer, world.usualTtl()), peer + ".limit");
        world.cluster.await(
                DistributedSemaphore.on(last, SEMAPHORE, USUAL_LIMIT).setLimitAsync(6));
    }

    @Override
    public boolean isEveryClaimDecided() {
        return pending.isEmpty();
    }

    /** But for the limit of the semaphore. */
    @Override
    public boolean isNothingLeft() {
        return Stream.of(READ_WRITE, SEMAPHORE, DELAYED, MULTI + 0, MULTI + 1, MULTI + 2)
                .flatMap(path -> world.queue(path).stream())
                .allMatch(entry -> entry.key().equals(SEMAPHORE + "/~h+"));
    }

    @Override
    public void checkNow() {}

    @Override
    public boolean isEveryObserverTold() {
        return true;
    }
}
