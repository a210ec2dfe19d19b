package dev.coord.testkit.history;

import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import java.util.ArrayList;
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

    /** By key, the last revision at which it is known to have been put. */
    private final Map<String, Long> lastPut = new HashMap<>();

    /** By key, the operations of unknown outcome that may put it. */
    private final Map<String, List<Operation>> putters = new HashMap<>();

    Prospects(Sightings sightings) {
        this.sightings = sightings;
        for (Operation writer : sightings.writers) {
            written(writer).map(Prospects::put).forEach(key -> lastPut.merge(key, writer.revision(), Math::max));
        }
        for (Operation operation : sightings.unknown) {
            written(operation)
                    .map(Prospects::put)
                    .distinct()
                    .forEach(key -> putters.computeIfAbsent(key, each -> new ArrayList<>())
                            .add(operation));
        }
    }

    private static Stream<Op> written(Operation operation) {
        Input.Transact txn = (Input.Transact) operation.input();
        return Stream.concat(txn.then().stream(), txn.otherwise().stream());
    }

    private static String put(Op op) {
        return op instanceof Op.Put put ? put.key() : op instanceof Op.Add add ? add.key() : "";
    }

    /** The operations of unknown outcome that may still have an effect, in a world that is at a revision. */
    Set<Operation> open(World world, long revision) {
        Set<Operation> open = new HashSet<>();
        for (Operation operation : sightings.unknown) {
            if (world.mayUse(operation)
                    && sightings.mayMakeAfter(operation, revision)
                    && !isSpent(operation, world, revision)) {
                open.add(operation);
            }
        }
        return open;
    }

    /** Whether anything that is still to come may name a lease. */
    boolean mayAttach(long lease, Set<Operation> open, long revision) {
        return sightings.lastAttached(lease) > revision
                || open.stream()
                        .flatMap(Prospects::written)
                        .anyMatch(op -> op instanceof Op.Put put && put.lease() == lease);
    }

    private boolean isSpent(Operation operation, World world, long revision) {
        Input.Transact txn = (Input.Transact) operation.input();
        boolean never = txn.guards().stream().anyMatch(guard -> isOver(guard, world, revision));
        return (never || isHarmless(txn.then(), operation, world, revision))
                && isHarmless(txn.otherwise(), operation, world, revision);
    }

    /** Whether a guard wants a revision of a key that it had once, or never, and cannot have again. */
    private static boolean isOver(Guard guard, World world, long revision) {
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
