package dev.coord.testkit.history;

import dev.coord.kv.Entry;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Replays a history in the order of its revisions, which are a total order of all writes, and compares every reply that
 * belongs to a revision. A revision that nobody owned up to was made by one of the operations of unknown outcome or by
 * the end of a lease; where several can have, all are tried, and those that the rest contradicts are dropped.
 */
final class Replay {
    /** The most explanations kept at a time. */
    private static final int MAX_WORLDS = 2048;

    private final Sightings sightings;
    private final Prospects prospects;
    private final Fellows fellows;
    private List<World> worlds = new ArrayList<>(List.of(new World()));
    private @Nullable Violation violation;

    Replay(Sightings sightings) {
        this(sightings, new Prospects(sightings, true));
    }

    Replay(Sightings sightings, Prospects prospects) {
        this.sightings = sightings;
        this.prospects = prospects;
        this.fellows = new Fellows(sightings.unknown);
    }

    /** What contradicts every explanation, null if some are left. */
    @Nullable
    Violation run() {
        int spare = sightings.unknown.size() + sightings.leases();
        if (sightings.latest() - sightings.writers.size() > spare) {
            tooMany(spare);
        }
        Iterator<Operation> writers = sightings.writers.iterator();
        Iterator<Operation> readers = sightings.readers.iterator();
        Iterator<Sightings.Absence> absences = sightings.absences.iterator();
        Sightings.Absence absence = absences.hasNext() ? absences.next() : null;
        Operation writer = next(writers);
        Operation reader = next(readers);
        for (long revision = 0; revision <= sightings.latest() && violation == null; revision++) {
            if (writer != null && writer.revision() == revision) {
                replay(writer);
                writer = unique(writer, next(writers));
            } else if (revision > 0) {
                fill(revision);
            }
            while (reader != null && Sightings.shows(reader) == revision && violation == null) {
                compare(reader);
                reader = next(readers);
            }
            while (absence != null && absence.to() == revision && violation == null) {
                compare(absence);
                absence = absences.hasNext() ? absences.next() : null;
            }
        }
        return violation;
    }

    List<World> worlds() {
        return worlds;
    }

    private static @Nullable Operation next(Iterator<Operation> operations) {
        return operations.hasNext() ? operations.next() : null;
    }

    private void tooMany(int spare) {
        String sentence = "Revision " + sightings.latest() + " was seen, but only " + sightings.writers.size()
                + " operations wrote and " + spare
                + " more can have: is every writer recorded, and was the store empty when the history began?";
        Operation by = sightings.latestShownBy();
        violation = by == null ? Violation.of(sentence) : Violation.of(sentence, by);
    }

    private @Nullable Operation unique(Operation writer, @Nullable Operation next) {
        if (next != null && next.revision() == writer.revision() && violation == null) {
            violation = Violation.of("Two transactions have the revision " + writer.revision(), writer, next);
        }
        return next;
    }

    private void replay(Operation writer) {
        keep(world -> {
            TxnResult expected = world.model().run((Input.Transact) writer.input());
            boolean wrote = !world.model().pending().isEmpty();
            if (expected != null && wrote && expected.equals(writer.transacted())) {
                world.commit(writer, 0);
                return null;
            }
            world.model().rollback();
            Output called = expected == null ? null : new Output.Transacted(expected);
            return () -> Explanation.ofReply(sightings, world, writer, called);
        });
    }

    private void compare(Operation reader) {
        keep(world -> {
            Output expected = expected(world.model(), reader);
            world.model().rollback();
            return Objects.equals(expected, reader.output())
                    ? null
                    : () -> Explanation.ofReply(sightings, world, reader, expected);
        });
    }

    /** A key that is there, and was created no later than the read began, was not absent for it. */
    private void compare(Sightings.Absence absence) {
        keep(world -> {
            Entry entry = world.model().get(absence.key());
            return entry == null || entry.createRevision() > absence.from()
                    ? null
                    : () -> Explanation.ofAbsence(world, absence, entry);
        });
    }

    private static @Nullable Output expected(Model model, Operation reader) {
        if (reader.input() instanceof Input.Transact txn) {
            TxnResult result = model.run(txn);
            return result == null ? null : new Output.Transacted(result);
        }
        if (reader.input() instanceof Input.Range range) {
            RangeResult result = model.range(range.query());
            return new Output.Ranged(result);
        }
        return new Output.Got(model.get(((Input.Get) reader.input()).key()));
    }

    /** Checks one explanation: null if it holds, or else why not, in words only if asked: that takes long. */
    private interface Check {
        @Nullable
        Supplier<Violation> of(World world);
    }

    private void keep(Check check) {
        Supplier<Violation> first = null;
        Iterator<World> each = worlds.iterator();
        while (each.hasNext()) {
            Supplier<Violation> found = check.of(each.next());
            if (found != null) {
                first = first == null ? found : first;
                each.remove();
            }
        }
        violation = worlds.isEmpty() && first != null ? first.get() : null;
    }

    /** Tries everything that can have made a revision that nobody owned up to. */
    private void fill(long revision) {
        List<World> filled = new ArrayList<>();
        prospects.advance(revision, worlds);
        World.settle(worlds);
        for (World world : worlds) {
            fill(world, revision, filled);
        }
        merge(filled);
        if (filled.isEmpty()) {
            violation = Explanation.ofGap(sightings, worlds.get(0), revision);
        } else if (filled.size() > MAX_WORLDS) {
            violation = Violation.inconclusive(
                    "Inconclusive: more than " + MAX_WORLDS + " explanations of the revisions up to " + revision);
        } else {
            worlds = filled;
        }
    }

    private void merge(List<World> filled) {
        Map<World, Set<Operation>> open = new HashMap<>();
        for (int i = 0; i < filled.size(); i++) {
            for (int j = filled.size() - 1; j > i; j--) {
                if (filled.get(i)
                        .merge(filled.get(j), prospects, world -> open.computeIfAbsent(world, prospects::open))) {
                    filled.remove(j);
                }
            }
        }
    }

    private void fill(World world, long revision, List<World> filled) {
        List<Maker> makers = new ArrayList<>();
        for (Operation operation : prospects.alive()) {
            if (world.mayUse(operation)
                    && sightings.mayMake(operation, revision)
                    && makers.stream().noneMatch(maker -> maker.isLike(operation) && isNoWorse(world, maker, operation))
                    && fits(world, revision, operation, 0)) {
                makers.add(new Maker(operation, 0));
            }
        }
        for (Long lease : List.copyOf(world.model().leasesWithKeys())) {
            if (sightings.mayEnd(lease, revision) && fits(world, revision, null, lease)) {
                makers.add(new Maker(null, lease));
            }
        }
        for (int i = 0; i < makers.size(); i++) {
            boolean lastOne = i == makers.size() - 1;
            filled.add(makers.get(i).make(lastOne ? world : world.copy()));
        }
    }

    /**
     * Of two that would do the same, whether the first is as good a choice as the other: it has no more time left, and that
     * the two change places puts no operation of their handles out of order.
     */
    private boolean isNoWorse(World world, Maker maker, Operation other) {
        Operation first = maker.operation();
        if (first == null || (first.process().equals(other.process()) && first.issued() < other.call())) {
            return first != null;
        }
        return !fellows.areCrossed(world, first, other);
    }

    /** Who may have made a revision: an operation of unknown outcome, or the end of a lease. */
    private record Maker(@Nullable Operation operation, long lease) {
        boolean isLike(Operation other) {
            return operation != null && operation.input().equals(other.input());
        }

        World make(World world) {
            act(world.model(), operation, lease);
            world.commit(operation, lease);
            if (operation != null) {
                world.use(operation);
            }
            return world;
        }
    }

    private boolean fits(World world, long revision, @Nullable Operation operation, long lease) {
        act(world.model(), operation, lease);
        var changes = world.model().pending();
        world.model().rollback();
        return !changes.isEmpty() && sightings.admit(revision, changes);
    }

    private static void act(Model model, @Nullable Operation operation, long lease) {
        if (operation == null) {
            model.end(lease);
        } else {
            model.run((Input.Transact) operation.input());
        }
    }
}
