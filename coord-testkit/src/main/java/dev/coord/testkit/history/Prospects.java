package dev.coord.testkit.history;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What can still come of operations of unknown outcome. Whether one took effect or not makes no difference any more once it
 * can have none: two explanations that differ by nothing else are one. Without that each holder of a lock that is killed while
 * it lets go (did it, or did its session's end?) would double their number.
 */
final class Prospects {
    private final Sightings sightings;
    private final boolean prunes;

    /** By key, the last revision at which it is known to have been put. */
    private final Map<String, Long> lastPut = new HashMap<>();

    /** By key, the operations of unknown outcome that may put it, those that have most time left first. */
    private final Map<String, List<Operation>> putters = new HashMap<>();

    /** By lease, the operations of unknown outcome that may put something with it. */
    private final Map<Long, List<Operation>> attachers = new HashMap<>();

    /** All operations of unknown outcome, in the order in which their windows begin. */
    private final List<Operation> byBegin;

    /** How many of those have begun. */
    private int begun;

    /** By operation of unknown outcome, its place among those that must take effect soonest. */
    private final Map<Operation, Integer> urgency = new HashMap<>();

    /** Those that have begun and can still have an effect, the most urgent first. */
    private final List<Operation> alive = new ArrayList<>();

    /** With {@code prunes} false it goes through all operations at each revision, which must come to the same. */
    Prospects(Sightings sightings, boolean prunes) {
        this.sightings = sightings;
        this.prunes = prunes;
        for (Operation writer : sightings.writers) {
            written(writer).map(Prospects::put).forEach(key -> lastPut.merge(key, writer.revision(), Math::max));
        }
        sightings.unknown.forEach(operation -> urgency.put(operation, urgency.size()));
        byBegin = new ArrayList<>(sightings.unknown);
        byBegin.sort(Comparator.comparingLong(sightings::begin));
        for (int i = sightings.unknown.size() - 1; i >= 0; i--) {
            index(sightings.unknown.get(i));
        }
        if (!prunes) {
            alive.addAll(sightings.unknown);
        }
    }

    private void index(Operation unknown) {
        written(unknown)
                .map(Prospects::put)
                .distinct()
                .forEach(key ->
                        putters.computeIfAbsent(key, each -> new ArrayList<>()).add(unknown));
        written(unknown)
                .mapToLong(op -> op instanceof Op.Put put ? put.lease() : 0)
                .filter(lease -> lease != 0)
                .distinct()
                .forEach(lease -> attachers
                        .computeIfAbsent(lease, each -> new ArrayList<>())
                        .add(unknown));
    }

    private static Stream<Op> written(Operation operation) {
        Input.Transact txn = (Input.Transact) operation.input();
        return Stream.concat(txn.then().stream(), txn.otherwise().stream());
    }

    private static String put(Op op) {
        return op instanceof Op.Put put ? put.key() : op instanceof Op.Add add ? add.key() : "";
    }

    /**
     * Goes on to a revision, to which several worlds lead: from now on only what has begun by it counts, and what can have an
     * effect in one of them. What cannot, cannot in any that comes of them either.
     */
    void advance(long revision, List<World> worlds) {
        if (!prunes) {
            return;
        }
        int before = begun;
        while (begun < byBegin.size() && sightings.begin(byBegin.get(begun)) < revision) {
            alive.add(byBegin.get(begun++));
        }
        if (begun > before) {
            alive.sort(Comparator.comparingInt(operation -> requireNonNull(urgency.get(operation))));
        }
        alive.removeIf(operation -> worlds.stream().noneMatch(world -> isOpen(operation, world, revision - 1)));
    }

    /** The operations of unknown outcome that can make the revision it went on to or a later one, the most urgent first. */
    List<Operation> alive() {
        return alive;
    }

    /**
     * The operations of unknown outcome that may still have an effect, in a world that is at the revision it went on to. Those
     * that have not begun are left out: all worlds of a revision still have all of them.
     */
    Set<Operation> open(World world) {
        long revision = world.model().revision();
        Set<Operation> open = new HashSet<>();
        for (Operation operation : alive) {
            if (isOpen(operation, world, revision)) {
                open.add(operation);
            }
        }
        return open;
    }

    private boolean isOpen(Operation operation, World world, long revision) {
        return world.mayUse(operation)
                && sightings.mayMakeAfter(operation, revision)
                && !isSpent(operation, world, revision);
    }

    /** Whether anything that is still to come in a world may name a lease. */
    boolean mayAttach(long lease, World world, long revision) {
        return sightings.lastAttached(lease) > revision
                || attachers.getOrDefault(lease, List.of()).stream()
                        .anyMatch(operation -> isOpen(operation, world, revision));
    }

    /** Whether an operation can change nothing any more, in a world and in all that come of it. */
    private boolean isSpent(Operation operation, World world, long revision) {
        Input.Transact txn = (Input.Transact) operation.input();
        boolean never = txn.guards().stream().anyMatch(guard -> isOver(guard, world, revision));
        return (never || isHarmless(txn.then(), operation, world, revision))
                && isHarmless(txn.otherwise(), operation, world, revision);
    }

    /** Whether a guard wants a revision of a key that it had once, or never, and cannot have again. */
    static boolean isOver(Guard guard, World world, long revision) {
        if (!guard.range().isSingleKey()
                || guard.relation() != Guard.Relation.EQUAL
                || guard.number() <= 0
                || guard.number() > revision) {
            return false;
        }
        Entry entry = world.model().get(guard.range().from());
        return switch (guard.target()) {
            case CREATE_REVISION -> entry == null || entry.createRevision() != guard.number();
            case MOD_REVISION -> entry == null || entry.modRevision() != guard.number();
            default -> false;
        };
    }

    /** Whether a branch does nothing but delete keys that are gone for good. */
    private boolean isHarmless(List<Op> branch, Operation of, World world, long revision) {
        for (Op op : branch) {
            boolean reads = op instanceof Op.Get || op instanceof Op.Range;
            if (!reads && !(op instanceof Op.Delete delete && isGone(delete.key(), of, world, revision))) {
                return false;
            }
        }
        return true;
    }

    private boolean isGone(String key, Operation of, World world, long revision) {
        return world.model().get(key) == null
                && lastPut.getOrDefault(key, 0L) <= revision
                && putters.getOrDefault(key, List.of()).stream()
                        .noneMatch(putter -> !putter.equals(of) && world.mayUse(putter));
    }
}
