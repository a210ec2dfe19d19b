package dev.coord.testkit.history;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.watch.WatchEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * One thing changed in a history that was right. Each is such that it can be seen: a reply that nobody else contradicts is
 * not wrong. What makes it visible is said where it is not plain.
 */
enum Corruption {
    WRONG_VALUE {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeEntry(
                    recording,
                    random,
                    entry -> new Entry(
                            entry.key(),
                            Value.of("planted"),
                            entry.createRevision(),
                            entry.modRevision(),
                            entry.version(),
                            entry.lease()));
        }
    },
    WRONG_VERSION {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeEntry(
                    recording,
                    random,
                    entry -> new Entry(
                            entry.key(),
                            entry.value(),
                            entry.createRevision(),
                            entry.modRevision(),
                            entry.version() + 1,
                            entry.lease()));
        }
    },
    WRONG_CREATE_REVISION {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeEntry(
                    recording,
                    random,
                    entry -> new Entry(
                            entry.key(),
                            entry.value(),
                            entry.createRevision() - 1,
                            entry.modRevision(),
                            entry.version(),
                            entry.lease()));
        }
    },
    WRONG_LEASE {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeEntry(
                    recording,
                    random,
                    entry -> new Entry(
                            entry.key(),
                            entry.value(),
                            entry.createRevision(),
                            entry.modRevision(),
                            entry.version(),
                            entry.lease() + 1));
        }
    },
    /** What a put says that it overwrote: as if the key had been new. */
    WRONG_PREVIOUS {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeResult(
                    recording,
                    random,
                    part -> part instanceof OpResult.Put put && put.before() != null,
                    part -> new OpResult.Put(null));
        }
    },
    /** What an add says that it came to: one too much. */
    WRONG_SUM {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeResult(recording, random, OpResult.Add.class::isInstance, part -> {
                Entry after = ((OpResult.Add) part).after();
                return new OpResult.Add(new Entry(
                        after.key(),
                        Value.of(Long.toString(((OpResult.Add) part).value() + 1)),
                        after.createRevision(),
                        after.modRevision(),
                        after.version(),
                        after.lease()));
            });
        }
    },
    /** An absence where there was an entry, in a read whose state is known by its revision. */
    LOST_IN_RANGE {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeRange(
                    recording,
                    random,
                    result -> !result.entries().isEmpty(),
                    result -> new RangeResult(
                            result.revision(),
                            result.entries().subList(1, result.entries().size()),
                            result.count()));
        }
    },
    WRONG_COUNT {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeRange(
                    recording,
                    random,
                    result -> true,
                    result -> new RangeResult(result.revision(), result.entries(), result.count() + 1));
        }
    },
    WRONG_ORDER {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeRange(recording, random, result -> result.entries().size() > 1, result -> {
                List<Entry> entries = new ArrayList<>(result.entries());
                entries.add(entries.remove(0));
                return new RangeResult(result.revision(), entries, result.count());
            });
        }
    },
    /** A state older than what had been returned before the call, in a read that promised real time. */
    STALE_RANGE {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            RealTime witness = witness(recording);
            List<Operation> reads = linearizable(recording, Input.Range.class);
            for (Operation read : shuffled(reads, random)) {
                long bound = seenBefore(recording, read);
                if (bound > 1) {
                    Model old = state(witness, bound - 1);
                    return replace(
                            recording,
                            read,
                            read.withOutput(new Output.Ranged(old.range(((Input.Range) read.input()).query()))));
                }
            }
            return null;
        }
    },
    /** A value of the key that had been replaced before the call, and that it never had again. */
    STALE_GET {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            RealTime witness = witness(recording);
            for (Operation read : shuffled(linearizable(recording, Input.Get.class), random)) {
                String key = ((Input.Get) read.input()).key();
                KeyLog log = witness.logs().get(key);
                long bound = seenBefore(recording, read);
                long changed = log == null ? 0 : log.changedBy(bound);
                Entry old = changed == 0 ? null : log.at(changed - 1);
                if (old != null) {
                    return replace(recording, read, read.withOutput(new Output.Got(old)));
                }
            }
            return null;
        }
    },
    /** An absence long over, of a key that was not deleted again by anything that may have been. */
    STALE_ABSENCE {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            RealTime witness = witness(recording);
            for (Operation read : shuffled(linearizable(recording, Input.Get.class), random)) {
                String key = ((Input.Get) read.input()).key();
                KeyLog log = witness.logs().get(key);
                long bound = seenBefore(recording, read);
                boolean doomed =
                        new Sightings(recording, new Orders(recording.operations())).mayVanish(key, witness.world());
                if (log != null && log.firstAs(null, bound) == KeyLog.NONE && !doomed) {
                    return replace(recording, read, read.withOutput(new Output.Got(null)));
                }
            }
            return null;
        }
    },
    /** A handle that goes back behind what it read itself. */
    SEQUENTIAL_BACKWARDS {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            RealTime witness = witness(recording);
            List<Operation> reads = recording.operations().stream()
                    .filter(operation -> operation.isOk()
                            && operation.consistency() != null
                            && operation.consistency().kind() == Consistency.Kind.SEQUENTIAL
                            && operation.input() instanceof Input.Range)
                    .toList();
            for (Operation read : shuffled(reads, random)) {
                long bound = recording.operations().stream()
                        .filter(other ->
                                other.process().equals(read.process()) && other.isOk() && other.ret() < read.call())
                        .mapToLong(Operation::revision)
                        .max()
                        .orElse(0);
                if (bound > 1) {
                    return replace(
                            recording,
                            read,
                            read.withOutput(new Output.Ranged(
                                    state(witness, bound - 1).range(((Input.Range) read.input()).query()))));
                }
            }
            return null;
        }
    },
    /** The state next to the one asked for, which differs in its number. */
    WRONG_PAST {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            RealTime witness = witness(recording);
            List<Operation> reads = recording.operations().stream()
                    .filter(operation -> operation.isOk()
                            && operation.consistency() != null
                            && operation.consistency().kind() == Consistency.Kind.AT
                            && operation.consistency().revision() > 0
                            && operation.input() instanceof Input.Range)
                    .toList();
            for (Operation read : shuffled(reads, random)) {
                return replace(
                        recording,
                        read,
                        read.withOutput(new Output.Ranged(
                                state(witness, read.consistency().revision() - 1)
                                        .range(((Input.Range) read.input()).query()))));
            }
            return null;
        }
    },
    /** Two writes exchange their revisions: seen by the watch of everything. */
    SWAPPED_REVISIONS {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            List<Operation> writers =
                    recording.operations().stream().filter(Operation::wrote).toList();
            if (writers.size() < 2) {
                return null;
            }
            Operation one = writers.get(random.nextInt(writers.size()));
            Operation two = writers.get(random.nextInt(writers.size()));
            if (one == two) {
                return null;
            }
            return replace(replace(recording, one, revised(one, two.revision())), two, revised(two, one.revision()));
        }
    },
    WRONG_BRANCH {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            List<Operation> guarded = recording.operations().stream()
                    .filter(operation -> operation.transacted() != null
                            && !((Input.Transact) operation.input()).guards().isEmpty())
                    .toList();
            for (Operation operation : shuffled(guarded, random)) {
                TxnResult result = operation.transacted();
                return replace(
                        recording,
                        operation,
                        operation.withOutput(new Output.Transacted(
                                new TxnResult(!result.succeeded(), result.revision(), result.results()))));
            }
            return null;
        }
    },
    /** Not the last thing told, else nobody can know. */
    WATCH_DROPPED {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeTape(recording, random, (items, change) -> {
                if (change == items.size() - 1) {
                    return false;
                }
                items.remove(change);
                return true;
            });
        }
    },
    WATCH_DUPLICATED {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeTape(recording, random, (items, change) -> {
                items.add(change, items.get(change));
                return true;
            });
        }
    },
    WATCH_REORDERED {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeTape(recording, random, (items, change) -> {
                if (change + 1 == items.size() || items.get(change + 1).kind() != Tape.Kind.CHANGE) {
                    return false;
                }
                items.add(change, items.remove(change + 1));
                return true;
            });
        }
    },
    WATCH_SPLIT {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeTape(recording, random, (items, change) -> {
                Tape.Item item = items.get(change);
                if (item.events().size() < 2) {
                    return false;
                }
                items.set(change, told(item, item.events().subList(0, 1)));
                items.add(
                        change + 1,
                        told(item, item.events().subList(1, item.events().size())));
                return true;
            });
        }
    },
    WATCH_WRONG_VALUE {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeEvent(recording, random, event -> event.after() != null, event -> {
                Entry after = event.after();
                return new WatchEvent(
                        event.kind(),
                        event.key(),
                        new Entry(
                                after.key(),
                                Value.of("planted"),
                                after.createRevision(),
                                after.modRevision(),
                                after.version(),
                                after.lease()),
                        event.before());
            });
        }
    },
    WATCH_WRONG_PREVIOUS {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeEvent(
                    recording,
                    random,
                    event -> event.before() != null,
                    event -> new WatchEvent(event.kind(), event.key(), event.after(), null));
        }
    },
    WATCH_OUT_OF_RANGE {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeEvent(
                    recording,
                    random,
                    event -> true,
                    event -> new WatchEvent(event.kind(), "/other", event.after(), event.before()));
        }
    },
    /** A mark that covers a change before it is told. */
    WATCH_MARK_AHEAD {
        @Override
        Recording apply(Recording recording, SplittableRandom random) {
            return changeTape(recording, random, (items, change) -> {
                Tape.Item item = items.get(change);
                items.add(
                        change,
                        new Tape.Item(item.at(), item.nanos(), Tape.Kind.PROGRESS, item.revision(), List.of(), null));
                return true;
            });
        }
    };

    /** The corrupted history, or null if this one gives no occasion. */
    abstract Recording apply(Recording recording, SplittableRandom random);

    // ---- tools

    static RealTime witness(Recording recording) {
        RealTime[] found = new RealTime[1];
        Violation violation = new Linearizability(recording).run(witness -> {
            found[0] = witness;
            return null;
        });
        if (violation != null) {
            throw violation.error();
        }
        return found[0];
    }

    private static Model state(RealTime witness, long revision) {
        Model model = new Model();
        for (World.Step step : witness.steps()) {
            if (step.revision() > revision) {
                break;
            }
            if (step.source() == null) {
                model.end(step.lease());
            } else {
                model.run((Input.Transact) step.source().input());
            }
            model.commit();
        }
        return model;
    }

    private static long seenBefore(Recording recording, Operation operation) {
        return recording.operations().stream()
                .filter(other -> other.ret() < operation.call())
                .mapToLong(Operation::revision)
                .max()
                .orElse(0);
    }

    private static List<Operation> linearizable(Recording recording, Class<? extends Input> kind) {
        return recording.operations().stream()
                .filter(operation ->
                        operation.isOk() && operation.isLinearizable() && kind.isInstance(operation.input()))
                .toList();
    }

    static <T> List<T> shuffled(List<T> list, SplittableRandom random) {
        List<T> copy = new ArrayList<>(list);
        for (int i = copy.size() - 1; i > 0; i--) {
            copy.set(i, copy.set(random.nextInt(i + 1), copy.get(i)));
        }
        return copy;
    }

    private static Recording replace(Recording recording, Operation old, Operation changed) {
        List<Operation> operations = new ArrayList<>(recording.operations());
        operations.set(operations.indexOf(old), changed);
        return recording.withOperations(operations);
    }

    private static Operation revised(Operation operation, long revision) {
        TxnResult result = operation.transacted();
        return operation.withOutput(
                new Output.Transacted(new TxnResult(result.succeeded(), revision, result.results())));
    }

    private static Recording changeEntry(Recording recording, SplittableRandom random, UnaryOperator<Entry> change) {
        for (Operation operation : shuffled(recording.operations(), random)) {
            if (operation.output() instanceof Output.Got got && got.entry() != null) {
                return replace(recording, operation, operation.withOutput(new Output.Got(change.apply(got.entry()))));
            }
            if (operation.output() instanceof Output.Ranged ranged
                    && !ranged.result().entries().isEmpty()) {
                List<Entry> entries = new ArrayList<>(ranged.result().entries());
                entries.set(0, change.apply(entries.get(0)));
                return replace(
                        recording,
                        operation,
                        operation.withOutput(new Output.Ranged(new RangeResult(
                                ranged.result().revision(),
                                entries,
                                ranged.result().count()))));
            }
            TxnResult result = operation.transacted();
            if (result != null) {
                List<OpResult> parts = new ArrayList<>(result.results());
                for (int i = 0; i < parts.size(); i++) {
                    OpResult changed = changed(parts.get(i), change);
                    if (changed != null) {
                        parts.set(i, changed);
                        return replace(
                                recording,
                                operation,
                                operation.withOutput(new Output.Transacted(
                                        new TxnResult(result.succeeded(), result.revision(), parts))));
                    }
                }
            }
        }
        return null;
    }

    private static OpResult changed(OpResult part, UnaryOperator<Entry> change) {
        if (part instanceof OpResult.Put put && put.before() != null) {
            return new OpResult.Put(change.apply(put.before()));
        }
        if (part instanceof OpResult.Get get && get.found() != null) {
            return new OpResult.Get(change.apply(get.found()));
        }
        if (part instanceof OpResult.Add add) {
            return new OpResult.Add(change.apply(add.after()));
        }
        return part instanceof OpResult.Delete delete && !delete.deleted().isEmpty()
                ? new OpResult.Delete(delete.deleted().stream().map(change).toList())
                : null;
    }

    private static Recording changeResult(
            Recording recording, SplittableRandom random, Predicate<OpResult> which, UnaryOperator<OpResult> change) {
        for (Operation operation : shuffled(recording.operations(), random)) {
            TxnResult result = operation.transacted();
            if (result != null && result.results().stream().anyMatch(which)) {
                List<OpResult> parts = result.results().stream()
                        .map(part -> which.test(part) ? change.apply(part) : part)
                        .toList();
                return replace(
                        recording,
                        operation,
                        operation.withOutput(
                                new Output.Transacted(new TxnResult(result.succeeded(), result.revision(), parts))));
            }
        }
        return null;
    }

    private static Recording changeRange(
            Recording recording,
            SplittableRandom random,
            Predicate<RangeResult> which,
            UnaryOperator<RangeResult> change) {
        for (Operation operation : shuffled(recording.operations(), random)) {
            if (operation.output() instanceof Output.Ranged ranged && which.test(ranged.result())) {
                return replace(
                        recording, operation, operation.withOutput(new Output.Ranged(change.apply(ranged.result()))));
            }
        }
        return null;
    }

    private interface TapeChange {
        boolean change(List<Tape.Item> items, int index);
    }

    private static Recording changeTape(Recording recording, SplittableRandom random, TapeChange change) {
        for (Tape tape : shuffled(recording.tapes(), random)) {
            List<Integer> indexes = new ArrayList<>();
            for (int i = 0; i < tape.items().size(); i++) {
                if (tape.items().get(i).kind() == Tape.Kind.CHANGE
                        && tape.spec().fromRevision() > 0) {
                    indexes.add(i);
                }
            }
            for (int index : shuffled(indexes, random)) {
                List<Tape.Item> items = new ArrayList<>(tape.items());
                if (change.change(items, index)) {
                    List<Tape> tapes = new ArrayList<>(recording.tapes());
                    tapes.set(tapes.indexOf(tape), tape.withItems(items));
                    return recording.withTapes(tapes);
                }
            }
        }
        return null;
    }

    private static Recording changeEvent(
            Recording recording,
            SplittableRandom random,
            Predicate<WatchEvent> which,
            UnaryOperator<WatchEvent> change) {
        return changeTape(recording, random, (items, index) -> {
            Tape.Item item = items.get(index);
            if (!which.test(item.events().get(0))) {
                return false;
            }
            List<WatchEvent> events = new ArrayList<>(item.events());
            events.set(0, change.apply(events.get(0)));
            items.set(index, told(item, events));
            return true;
        });
    }

    private static Tape.Item told(Tape.Item item, List<WatchEvent> events) {
        return new Tape.Item(item.at(), item.nanos(), item.kind(), item.revision(), events, item.state());
    }
}
