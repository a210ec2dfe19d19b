package dev.coord.recipes.workload;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.QueuePath;
import dev.coord.recipes.internal.Want;
import dev.coord.recipes.lock.DeadlockException;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.OwnerClaims;
import dev.coord.recipes.lock.ReentrantDistributedLock;
import dev.coord.recipes.lock.ReentrantLockHandle;
import dev.coord.testkit.workload.Action;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** Owners who lock in any order, in two phases: they take one after the other, then release all. */
final class OwnerUse {
    static final String PREFIX = "/owned/";
    private static final int OWNERS = 5;
    private static final int MOST_HELD = 4;
    private static final int MUTEXES = 3;
    private static final int POOL = 2;
    private static final int READERS = 1 << 20;

    private final World world;
    private final String detecting;
    private final DeadlockWatch watch;
    private final List<Owner> owners = new ArrayList<>();
    private final Map<Client, Map<String, ReentrantDistributedLock>> reentrant = new HashMap<>();
    private boolean draining;

    OwnerUse(World world, boolean detects) {
        this.world = world;
        this.detecting = detects ? PREFIX : "";
        this.watch = new DeadlockWatch(world, PREFIX, Map.of(PREFIX + "pool", POOL, PREFIX + "page", READERS));
        for (int i = 0; i < OWNERS; i++) {
            owners.add(new Owner(i));
        }
    }

    List<Action> actions() {
        return List.of(
                world.action("ask", 40, (client, random) -> ask(any(random), client, random)),
                world.action("ask-again", 6, (client, random) -> askAgain(any(random))),
                world.action("close-one", 4, (client, random) -> closeOne(any(random), random)),
                world.action("release-all", 8, (client, random) -> releaseAll(any(random))),
                world.action("give-up", 2, (client, random) -> giveUp(any(random))));
    }

    private Owner any(SplittableRandom random) {
        return owners.get(random.nextInt(owners.size()));
    }

    /** Whether the owner can act: it does not wait, and runs. */
    private boolean isAble(Owner owner) {
        Client client = owner.client;
        return owner.waiting == null && (client == null || client.isOver() || world.isUp(client));
    }

    private void ask(Owner owner, Client client, SplittableRandom random) {
        if (!isAble(owner)) {
            return;
        }
        if (owner.isBeaten()) {
            owner.releaseAll();
            owner.begin(client);
        }
        if (owner.handles.size() >= MOST_HELD) {
            owner.releaseAll();
        } else {
            begin(owner, claim(owner, requireNonNull(owner.client), random));
        }
    }

    private CompletableFuture<? extends FencedHandle> claim(Owner owner, Client client, SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0 -> claim(owner, client, List.of(want(owner, "pool", 1 + random.nextInt(POOL), POOL)));
            case 1 -> claim(owner, client, List.of(want(owner, "page", random.nextInt(3) == 0 ? READERS : 1, READERS)));
            case 2 -> claim(owner, client, List.of(want(owner, "m0", 1, 1), want(owner, "pool", 1, POOL)));
            default -> {
                String path = PREFIX + "m" + random.nextInt(MUTEXES);
                yield reentrant(client, path).acquireAsync(owner.name());
            }
        };
    }

    private CompletableFuture<? extends FencedHandle> claim(Owner owner, Client client, List<Want> wants) {
        List<Want> all = wants.size() == 1
                ? wants
                : wants.stream()
                        .map(want -> new Want(want.queue(), want.ask().inSeveral(), want.capacity()))
                        .toList();
        return OwnerClaims.claim(client.coord, all, detecting);
    }

    private static Want want(Owner owner, String name, int permits, int capacity) {
        Ask ask = Ask.of(permits, "").ownedBy(owner.name());
        return new Want(new QueuePath(PREFIX + name), ask, capacity);
    }

    private ReentrantDistributedLock reentrant(Client client, String path) {
        return reentrant.computeIfAbsent(client, each -> new HashMap<>()).computeIfAbsent(path, each -> {
            DistributedLock lock = DistributedLock.on(client.coord, path);
            return ReentrantDistributedLock.of(detecting.isEmpty() ? lock : lock.detectingDeadlocks(detecting));
        });
    }

    private void begin(Owner owner, CompletableFuture<? extends FencedHandle> claim) {
        owner.waiting = claim;
        world.note(claim, handle -> {
            if (owner.waiting == claim) {
                granted(owner, handle);
            } else {
                handle.closeAsync();
            }
        });
        claim.whenComplete((handle, failure) -> {
            if (failure != null && owner.waiting == claim) {
                owner.waiting = null;
                failed(owner, failure);
            }
        });
    }

    private void granted(Owner owner, FencedHandle handle) {
        owner.waiting = null;
        owner.handles.add(handle);
        if (draining) {
            owner.releaseAll();
        }
    }

    private void failed(Owner owner, Throwable failure) {
        if (failure instanceof DeadlockException deadlock) {
            try {
                watch.found(owner.name(), deadlock);
            } catch (AssertionError e) {
                world.fail(e);
            }
        }
        owner.releaseAll();
    }

    /** What is held is had again at once, or not at all once it was lost. */
    private void askAgain(Owner owner) {
        if (!isAble(owner) || owner.client == null) {
            return;
        }
        for (FencedHandle held : List.copyOf(owner.handles)) {
            if (held instanceof ReentrantLockHandle) {
                String key = held.guard().range().from();
                String path = key.substring(0, key.indexOf("/~"));
                boolean valid = held.isValid();
                CompletableFuture<ReentrantLockHandle> again =
                        reentrant(owner.client, path).acquireAsync(owner.name());
                World.require(again.isDone(), () -> owner.name() + " waits for itself at " + path);
                World.require(
                        valid != again.isCompletedExceptionally(),
                        () -> owner.name() + " has " + again + " of what it has lost or not: " + held);
                begin(owner, again);
                return;
            }
        }
    }

    /** The other handles of a grant do not suffer. */
    private void closeOne(Owner owner, SplittableRandom random) {
        if (!isAble(owner) || owner.handles.isEmpty()) {
            return;
        }
        FencedHandle closed = owner.handles.remove(random.nextInt(owner.handles.size()));
        List<FencedHandle> valid =
                owner.handles.stream().filter(FencedHandle::isValid).toList();
        closed.closeAsync();
        World.require(!closed.isValid(), () -> "valid though closed: " + closed);
        valid.forEach(other -> World.require(other.isValid(), () -> other + " ended with " + closed));
    }

    private void releaseAll(Owner owner) {
        if (isAble(owner)) {
            owner.releaseAll();
        }
    }

    private void giveUp(Owner owner) {
        CompletableFuture<?> waiting = owner.waiting;
        Client client = owner.client;
        if (waiting != null && client != null && world.isUp(client)) {
            waiting.cancel(false);
        }
    }

    // ---- what must hold

    /** After every commit. */
    void follow() {
        watch.follow();
    }

    /** Nobody asks any more; who is served releases all. */
    void drain() {
        draining = true;
        owners.stream().filter(owner -> owner.waiting == null).forEach(Owner::releaseAll);
    }

    boolean isEverybodyServed() {
        return owners.stream().allMatch(owner -> owner.waiting == null);
    }

    boolean isNothingLeft() {
        return world.cluster.committed(OwnerClaims.query(PREFIX)).count() == 0;
    }

    /** What is held once and again is held by whoever believes so. */
    void checkBelief() {
        for (Owner owner : owners) {
            for (FencedHandle handle : owner.handles) {
                if (handle.isValid()) {
                    long token = handle.fencingToken();
                    String key = handle.guard().range().from();
                    World.require(
                            world.cluster
                                    .committed(key)
                                    .filter(entry -> entry.createRevision() == token)
                                    .isPresent(),
                            () -> "a holder believes in a key that is gone: " + handle);
                }
            }
        }
    }
}
