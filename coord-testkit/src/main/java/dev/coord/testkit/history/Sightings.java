package dev.coord.testkit.history;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.TxnResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the replies and watches of a history say of its revisions, before any of it is replayed. */
final class Sightings {
    /** Transactions that say that they wrote, by revision. */
    final List<Operation> writers = new ArrayList<>();

    /** Replies that show the state just after a known revision, by that. */
    final List<Operation> readers = new ArrayList<>();

    /** Transactions of unknown outcome, those that must take effect soonest first. */
    final List<Operation> unknown = new ArrayList<>();

    /** Reads that saw a key absent, the ones that were over soonest first; none if no revision is in doubt. */
    final List<Absence> absences = new ArrayList<>();

    private final Orders orders;
    private final Map<Operation, long[]> windows = new HashMap<>();
    private final Map<Long, List<Entry>> evidence = new HashMap<>();
    private final Coverages coverages = new Coverages();
    private final Map<Long, Long> lastAttached = new HashMap<>();
    private final Map<Long, Long> lastEnd = new HashMap<>();
    private final Horizon horizon;
    private final Recording recording;
    private @Nullable Stillness stillness;
    private long latest;
    private @Nullable Operation latestShownBy;

    Sightings(Recording recording, Orders orders) {
        this.recording = recording;
        this.orders = orders;
        for (Operation operation : recording.operations()) {
            sort(operation);
        }
        writers.sort(Comparator.comparingLong(Operation::revision));
        readers.sort(Comparator.comparingLong(Sightings::shows));
        for (Tape tape : recording.tapes()) {
            tape.items().forEach(item -> saw(item.revision(), null));
        }
        horizon = new Horizon(recording);
        findEnds();
        findWindows();
        if (latest > writers.size()) {
            findEvidence();
        }
    }

    private void sort(Operation operation) {
        if (operation.wrote()) {
            writers.add(operation);
            noteLeases(operation);
        } else if (operation.transacted() != null
                || operation.output() instanceof Output.Ranged
                || (operation.isOk() && isAt(operation))) {
            readers.add(operation);
        } else if (operation.mayHaveWritten()) {
            unknown.add(operation);
        }
        saw(shows(operation), operation);
    }

    private static boolean isAt(Operation operation) {
        Consistency consistency = operation.consistency();
        return consistency != null && consistency.kind() == Consistency.Kind.AT;
    }

    /** The revision that a reply shows to exist. */
    static long shows(Operation operation) {
        Consistency consistency = operation.consistency();
        return operation.output() instanceof Output.Got && consistency != null && isAt(operation)
                ? consistency.revision()
                : operation.revision();
    }

    private void saw(long revision, @Nullable Operation by) {
        if (revision > latest) {
            latest = revision;
            latestShownBy = by;
        }
    }

    private void noteLeases(Operation writer) {
        Input.Transact txn = (Input.Transact) writer.input();
        TxnResult result = requireNonNull(writer.transacted());
        for (Op op : txn.branch(result.succeeded())) {
            if (op instanceof Op.Put put && put.lease() != 0) {
                lastAttached.merge(put.lease(), writer.revision(), Math::max);
            }
        }
        for (OpResult part : result.results()) {
            // It found the key with its lease, which so had not ended.
            if (part instanceof OpResult.Add add && add.after().lease() != 0) {
                lastAttached.merge(add.after().lease(), writer.revision(), Math::max);
            }
        }
    }

    /** The latest revision that anybody saw. */
    long latest() {
        return latest;
    }

    /** Who saw it, null if a watch did. */
    @Nullable
    Operation latestShownBy() {
        return latestShownBy;
    }

    /** How many ends of leases can have made revisions, at most. */
    int leases() {
        Set<Long> all = new HashSet<>(lastAttached.keySet());
        for (Operation operation : unknown) {
            Input.Transact txn = (Input.Transact) operation.input();
            for (boolean succeeded : new boolean[] {true, false}) {
                for (Op op : txn.branch(succeeded)) {
                    if (op instanceof Op.Put put && put.lease() != 0) {
                        all.add(put.lease());
                    }
                }
            }
        }
        return all.size();
    }

    /** Collects what is known of the revisions that no reply claims as its own. */
    private void findEvidence() {
        Set<Long> claimed = new HashSet<>();
        writers.forEach(writer -> claimed.add(writer.revision()));
        for (Operation operation : recording.operations()) {
            operation.forEachShown(entry -> {
                if (!claimed.contains(entry.modRevision())) {
                    evidence.computeIfAbsent(entry.modRevision(), revision -> new ArrayList<>())
                            .add(entry);
                }
            });
        }
        stillness = new Stillness(recording.operations(), horizon);
        findAbsences();
        recording.tapes().forEach(coverages::addAll);
        unknown.sort(Comparator.comparingLong(operation -> window(operation)[1]));
    }

    /** By when leases have ended. */
    private void findEnds() {
        for (Operation operation : recording.operations()) {
            if (operation.input() instanceof Input.Revoke revoke
                    && operation.output() instanceof Output.Existed existed) {
                // Whoever knows its id has been told of its grant: it was there, and is no more, in any case.
                lastEnd.merge(revoke.lease(), horizon.limitAfter(operation.ret()), Math::min);
                if (existed.existed()) {
                    lastAttached.merge(revoke.lease(), horizon.seenBefore(operation.call()), Math::max);
                }
            } else if (operation.refusedLease() != 0) {
                lastEnd.merge(operation.refusedLease(), horizon.limitAfter(operation.ret()), Math::min);
            }
        }
    }

    /** Between which revisions an operation of unknown outcome can have taken effect: not after the end of its session. */
    private void findWindows() {
        Map<String, Long> sessions = recording.sessions();
        for (Operation operation : recording.operations()) {
            if (operation.mayHaveWritten()) {
                String process = operation.process();
                long low =
                        Math.max(horizon.seenBefore(operation.call()), orders.latestBefore(process, operation.call()));
                long high = Math.min(
                        orders.limitAfter(process, operation.issued()),
                        lastEnd.getOrDefault(sessions.getOrDefault(process, 0L), Long.MAX_VALUE));
                windows.put(operation, new long[] {low, high});
            }
        }
    }

    /** Finds the reads that saw a key absent and can be told to be over by a revision. */
    private void findAbsences() {
        for (Operation operation : recording.operations()) {
            if (operation.output() instanceof Output.Got got && got.entry() == null && operation.isLinearizable()) {
                long limit = horizon.limitAfter(operation.ret());
                if (limit <= latest) {
                    absences.add(new Absence(operation, horizon.seenBefore(operation.call()), limit));
                }
            }
        }
        absences.sort(Comparator.comparingLong(Absence::to));
    }

    /** A read that saw a key absent at some revision between two, inclusive. */
    record Absence(Operation read, long from, long to) {
        String key() {
            return ((Input.Get) read.input()).key();
        }
    }

    private long[] window(Operation operation) {
        return windows.getOrDefault(operation, new long[] {0, Long.MAX_VALUE});
    }

    /** The last revision that order and real time do not let an operation of unknown outcome make, as it came later. */
    long begin(Operation operation) {
        return window(operation)[0];
    }

    /** Whether order and real time let an operation of unknown outcome make a revision. */
    boolean mayMake(Operation operation, long revision) {
        long[] window = window(operation);
        return window[0] < revision && revision <= window[1];
    }

    /** Whether order and real time let an operation of unknown outcome make a revision after one. */
    boolean mayMakeAfter(Operation operation, long revision) {
        return revision < window(operation)[1];
    }

    /** The last revision at which a lease is known to have been there. */
    long lastAttached(long lease) {
        return lastAttached.getOrDefault(lease, 0L);
    }

    /** Whether a lease can have ended at a revision, by what was attached to it later and by who was told of its end. */
    boolean mayEnd(long lease, long revision) {
        return lastAttached.getOrDefault(lease, 0L) < revision
                && revision <= lastEnd.getOrDefault(lease, Long.MAX_VALUE);
    }

    /** Whether changes agree with all that was seen of a revision. */
    boolean admit(long revision, List<Change> changes) {
        for (Entry entry : evidence.getOrDefault(revision, List.of())) {
            if (changes.stream().noneMatch(change -> entry.equals(change.after()))) {
                return false;
            }
        }
        if (stillness != null && stillness.refutes(revision, changes)) {
            return false;
        }
        return coverages.admit(revision, changes);
    }

    /** Whether a key can have been deleted after the last revision that was seen. */
    boolean mayVanish(String key, World world) {
        Entry entry = world.model().get(key);
        return entry != null
                && (entry.lease() != 0
                        || unknown.stream()
                                .anyMatch(operation -> world.mayUse(operation)
                                        && mayMake(operation, latest + 1)
                                        && mayDelete((Input.Transact) operation.input(), key, world)));
    }

    private boolean mayDelete(Input.Transact txn, String key, World world) {
        boolean never = txn.guards().stream().anyMatch(guard -> Prospects.isOver(guard, world, latest));
        return Stream.concat(never ? Stream.of() : txn.then().stream(), txn.otherwise().stream())
                .anyMatch(op -> (op instanceof Op.Delete delete && delete.key().equals(key))
                        || (op instanceof Op.DeleteRange all && all.range().contains(key)));
    }

    Orders orders() {
        return orders;
    }

    /** A reply that shows an entry of a revision, or else the earliest that shows a later state. */
    @Nullable
    Operation witness(long revision) {
        Operation first = null;
        for (Operation operation : recording.operations()) {
            boolean[] shown = {false};
            operation.forEachShown(entry -> shown[0] |= entry.modRevision() == revision);
            if (shown[0]) {
                return operation;
            }
            if (shows(operation) >= revision && (first == null || operation.ret() < first.ret())) {
                first = operation;
            }
        }
        return first;
    }
}
