package dev.coord.testkit.history;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.testkit.history.World.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks a replayed history against the order in which things happened: whoever calls after something was seen to be
 * committed must not be behind it, and each read keeps what its consistency promises. A reply that names no revision is
 * placed at the earliest one that fits it, which binds what comes later least.
 */
final class RealTime {
    /** A reply that binds nobody. */
    private static final long NOWHERE = 0;

    private final Recording recording;
    private final Sightings sightings;
    private final Orders orders;
    private final List<Step> steps;
    private final Map<String, KeyLog> logs;
    private final Map<Long, Long> leaseEnds = new HashMap<>();
    private final World world;
    private final Placed[] byCall;
    private final Placed[] byReturn;
    private final List<Tape.Item> told;
    private final Map<String, Long> seenByHandle = new HashMap<>();

    /** The revisions that operations of unknown outcome are taken to have made. */
    private final Map<Operation, Long> guessed = new HashMap<>();

    private final Vanished vanished = new Vanished();
    private final Map<Long, Operation> revokers = new HashMap<>();

    /** What had been seen when, for reads of bounded age. */
    private final long[] seenNanos;

    private final long[] seenRevisions;
    private int returned;
    private int heard;
    private long seen;
    private @Nullable Placed seenBy;
    private @Nullable FirstSeen firstSeen;

    /** An operation and the revision that it is placed at. */
    static final class Placed {
        final Operation operation;
        long revision = NOWHERE;

        Placed(Operation operation) {
            this.operation = operation;
        }
    }

    RealTime(Recording recording, Sightings sightings, World world, List<Step> steps) {
        this.recording = recording;
        this.sightings = sightings;
        this.orders = sightings.orders();
        this.world = world;
        this.steps = steps;
        this.logs = World.logs(steps);
        for (Step step : steps) {
            if (step.source() == null) {
                leaseEnds.put(step.lease(), step.revision());
            } else if (step.source().mayHaveWritten()) {
                guessed.put(step.source(), step.revision());
            }
        }
        byCall = recording.operations().stream().map(Placed::new).toArray(Placed[]::new);
        byReturn = byCall.clone();
        Arrays.sort(byReturn, Comparator.comparingLong(placed -> placed.operation.ret()));
        told = recording.tapes().stream()
                .flatMap(tape -> tape.items().stream())
                .sorted(Comparator.comparingLong(Tape.Item::at))
                .toList();
        seenNanos = new long[byCall.length + 1];
        seenRevisions = new long[byCall.length + 1];
        seenNanos[0] = Long.MIN_VALUE;
    }

    /** What is wrong, null if nothing is. */
    @Nullable
    Violation run() {
        for (Placed placed : byCall) {
            passTo(placed.operation.call());
            Violation violation = place(placed);
            if (violation != null) {
                return violation;
            }
        }
        passTo(Operation.NEVER);
        return null;
    }

    /** The operations in the order of their calls, placed. */
    Placed[] placed() {
        return byCall;
    }

    List<Step> steps() {
        return steps;
    }

    Map<String, KeyLog> logs() {
        return logs;
    }

    /**
     * Somebody's learning of a revision.
     *
     * @param at the place in the sequence of events
     * @param nanos the clock
     * @param operation whose reply told, null if a watch did
     */
    record Sighting(long at, long nanos, @Nullable Operation operation) {}

    /** When a revision, or a later one, was first seen, once all is placed; null if never. */
    @Nullable
    Sighting firstSighting(long revision) {
        if (firstSeen == null) {
            firstSeen = new FirstSeen(byReturn, told);
        }
        return firstSeen.of(revision);
    }

    /** The greatest revision that a handle had seen at a place. */
    long seenBy(String process, long place) {
        long greatest = 0;
        for (Placed placed : byCall) {
            Operation operation = placed.operation;
            if (operation.ret() < place && operation.process().equals(process) && operation.isOk()) {
                greatest = Math.max(greatest, placed.revision);
            }
        }
        return greatest;
    }

    World world() {
        return world;
    }

    /** The first revision at which a lease had ended, of those whose end changed something; 0 if unknown. */
    long endOf(long lease) {
        return leaseEnds.getOrDefault(lease, 0L);
    }

    private void passTo(long place) {
        while (returned < byReturn.length && byReturn[returned].operation.ret() < place) {
            Placed placed = byReturn[returned];
            if (placed.revision > seen) {
                seen = placed.revision;
                seenBy = placed;
            }
            if (placed.operation.isOk()) {
                seenByHandle.merge(placed.operation.process(), placed.revision, Math::max);
            }
            seenNanos[returned + 1] = Math.max(seenNanos[returned], placed.operation.retNanos());
            seenRevisions[++returned] = seen;
        }
        while (heard < told.size() && told.get(heard).at() < place) {
            long revision = told.get(heard++).revision();
            if (revision > seen) {
                seen = revision;
                seenBy = null;
            }
        }
    }

    private @Nullable Violation place(Placed placed) {
        Operation operation = placed.operation;
        if (operation.transacted() != null) {
            placed.revision = operation.revision();
            return bound(placed, operation.wrote() ? seen + 1 : seen, ownBound(operation));
        }
        Consistency consistency = operation.consistency();
        if (consistency != null) {
            return operation.isOk() ? placeRead(placed, consistency) : checkRefusal(operation, consistency);
        }
        Long guess = guessed.get(operation);
        if (guess != null && guess <= seen) {
            return behind(operation, guess);
        }
        placed.revision = placeOfLeaseOperation(operation);
        return checkRevocation(operation);
    }

    private long ownBound(Operation operation) {
        long own = orders.latestBefore(operation.process(), operation.call());
        return operation.wrote() ? own + 1 : own;
    }

    private @Nullable Violation bound(Placed placed, long byAll, long byOwn) {
        if (placed.revision < byAll) {
            return behind(placed.operation, placed.revision);
        }
        return placed.revision < byOwn
                ? Violation.of(
                        "Transactions of one handle took effect in another order than they were issued in",
                        ownWitness(placed.operation),
                        placed.operation)
                : null;
    }

    private Operation ownWitness(Operation operation) {
        long latest = orders.latestBefore(operation.process(), operation.call());
        for (Operation other : recording.operations()) {
            if (other.transacted() != null
                    && other.process().equals(operation.process())
                    && other.revision() == latest) {
                return other;
            }
        }
        return operation;
    }

    private Violation behind(Operation operation, long revision) {
        boolean wrote = operation.wrote() || operation.mayHaveWritten();
        String sentence = "An operation saw the store " + (wrote ? "before" : "no later than") + " revision " + revision
                + ", but revision " + seen + " had been seen before it was called";
        Placed by = seenBy;
        return by == null ? Violation.of(sentence, operation) : Violation.of(sentence, by.operation, operation);
    }

    // ---- reads

    private @Nullable Violation placeRead(Placed placed, Consistency consistency) {
        Operation operation = placed.operation;
        return switch (consistency.kind()) {
            case LINEARIZABLE ->
                placeRead(placed, Math.max(seen, orders.latestBefore(operation.process(), operation.call())));
            case SEQUENTIAL -> placeRead(placed, seenByHandle.getOrDefault(operation.process(), 0L));
            case AT_LEAST -> placeRead(placed, consistency.revision());
            case BOUNDED_STALENESS -> placeRead(placed, seenBefore(operation.callNanos() - aged(consistency)));
            case AT -> placeAt(placed, consistency.revision());
        };
    }

    /** A peer measures the age by its own clock, whose rate may be off by a fiftieth. */
    private static long aged(Consistency consistency) {
        long age = consistency.staleness().toNanos();
        return age + age / 50;
    }

    private long seenBefore(long nanos) {
        int low = 0;
        int high = returned;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (seenNanos[middle] <= nanos) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return seenRevisions[low];
    }

    private @Nullable Violation placeRead(Placed placed, long from) {
        Operation operation = placed.operation;
        if (operation.output() instanceof Output.Got got) {
            String key = ((Input.Get) operation.input()).key();
            Operation gone = got.entry() == null ? null : vanished.before(key, operation);
            if (gone != null) {
                return Violation.of(
                        "A read saw " + key + " as " + Explanation.full(got.entry())
                                + ", but another had seen before that it was gone",
                        gone,
                        operation);
            }
            placed.revision = firstAs(key, got.entry(), from);
            if (got.entry() == null && placed.revision > sightings.latest()) {
                vanished.note(key, operation);
            }
            return placed.revision == KeyLog.NONE ? stale(operation, key, got, from) : null;
        }
        placed.revision = operation.revision();
        return placed.revision < from ? stale(operation, from) : null;
    }

    private long firstAs(String key, @Nullable Entry seen, long from) {
        KeyLog log = logs.get(key);
        long first = log == null ? seen == null ? from : KeyLog.NONE : log.firstAs(seen, from);
        // What came after the last revision that anybody saw the number of may still have been seen by its absence.
        return first == KeyLog.NONE && seen == null && sightings.mayVanish(key, world)
                ? Math.max(from, sightings.latest() + 1)
                : first;
    }

    private static @Nullable Violation placeAt(Placed placed, long revision) {
        placed.revision = revision;
        Output output = placed.operation.output();
        return output instanceof Output.Ranged ranged && ranged.result().revision() != revision
                ? Violation.of("A read at revision " + revision + " was answered with another", placed.operation)
                : null;
    }

    private @Nullable Violation checkRefusal(Operation operation, Consistency consistency) {
        String error = operation.error();
        return consistency.kind() == Consistency.Kind.AT
                        && error != null
                        && error.startsWith("FutureRevisionException")
                        && consistency.revision() <= seen
                ? behindRefusal(operation)
                : null;
    }

    private Violation behindRefusal(Operation operation) {
        String sentence = "A revision was refused as one of the future, but revision " + seen + " had been seen before";
        Placed by = seenBy;
        return by == null ? Violation.of(sentence, operation) : Violation.of(sentence, by.operation, operation);
    }

    private Violation stale(Operation operation, long from) {
        String sentence = "A stale read: it promised revision " + from + " or later and saw " + operation.revision();
        Operation by = witness(operation, from);
        return by == null ? Violation.of(sentence, operation) : Violation.of(sentence, by, operation);
    }

    private Violation stale(Operation operation, String key, Output.Got got, long from) {
        KeyLog log = logs.get(key);
        long changed = log == null ? 0 : log.changedBy(from);
        Operation writer = writer(changed);
        Operation by = witness(operation, from);
        String sentence = "A read promised revision " + from + " or later, where " + key + " was "
                + Explanation.full(log == null ? null : log.at(from)) + ", and saw it as "
                + Explanation.full(got.entry())
                + ", which it was not then or after";
        List<Operation> involved = new ArrayList<>();
        if (writer != null) {
            involved.add(writer);
        }
        if (by != null && !by.equals(writer) && (writer == null || !writer.isOk() || writer.ret() > operation.call())) {
            involved.add(by);
        }
        involved.add(operation);
        return Violation.of(sentence, involved);
    }

    private @Nullable Operation writer(long revision) {
        for (Operation other : recording.operations()) {
            if (other.wrote() && other.revision() == revision) {
                return other;
            }
        }
        return null;
    }

    /** An operation that returned before and showed the revision. */
    private @Nullable Operation witness(Operation operation, long from) {
        Consistency consistency = operation.consistency();
        boolean own = consistency != null && consistency.kind() == Consistency.Kind.SEQUENTIAL;
        for (Placed other : byCall) {
            if (other.operation.ret() < operation.call()
                    && other.revision >= from
                    && (!own || other.operation.process().equals(operation.process()))) {
                return other.operation;
            }
        }
        return null;
    }

    // ---- leases

    /** What a reply about a lease shows of the revisions. */
    private long placeOfLeaseOperation(Operation operation) {
        if (operation.input() instanceof Input.Revoke revoke
                && operation.output() instanceof Output.Existed existed
                && existed.existed()) {
            return ended(revoke.lease());
        }
        long refused = operation.refusedLease();
        return refused == 0 ? NOWHERE : ended(refused);
    }

    /** Only one caller is told that it was he who ended a lease. */
    private @Nullable Violation checkRevocation(Operation operation) {
        if (operation.input() instanceof Input.Revoke revoke
                && operation.output() instanceof Output.Existed existed
                && existed.existed()) {
            Operation first = revokers.putIfAbsent(revoke.lease(), operation);
            return first == null
                    ? null
                    : Violation.of("Lease " + revoke.lease() + " was revoked twice", first, operation);
        }
        return null;
    }

    /** The revision that a lease ended with; one not seen yet if it still has keys after the last one seen. */
    private long ended(long lease) {
        return world.model().leasesWithKeys().contains(lease) ? world.model().revision() + 1 : endOf(lease);
    }
}
