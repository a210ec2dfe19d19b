package dev.coord.testkit.history;

import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import dev.coord.kv.RangeResult;
import dev.coord.testkit.history.World.Step;
import dev.coord.watch.WatchEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares what watches told with what was written: in order, each change once, none left out, a revision in one piece,
 * nothing outside the range or kind asked for, previous values right, and true marks of what was delivered.
 */
final class WatchCheck {
    private final Recording recording;
    private final List<Step> steps;
    private final Map<String, KeyLog> logs;
    private final RealTime witness;
    private final boolean complete;

    /** Whether open watches must have told everything by the end of the history is told by {@code complete}. */
    WatchCheck(Recording recording, RealTime witness, boolean complete) {
        this.recording = recording;
        this.witness = witness;
        this.steps = witness.steps();
        this.logs = witness.logs();
        this.complete = complete;
    }

    @Nullable
    Violation run() {
        for (Tape tape : recording.tapes()) {
            Violation violation = new Run(tape).run();
            if (violation != null) {
                return violation;
            }
        }
        return null;
    }

    /** The check of one watch. */
    private final class Run {
        private final Tape tape;
        private final long floor;

        /** The next revision to be told of; of a watch "from now on" it is not known before it told something. */
        private long next;

        /** The last revision that the listener was told in any form. */
        private long told;

        private boolean began;
        private boolean ended;
        private int afterClose = -1;

        Run(Tape tape) {
            this.tape = tape;
            this.next = tape.spec().fromRevision();
            this.began = next > 0;
            this.floor = began ? 0 : witness.seenBy(tape.process(), tape.call());
        }

        @Nullable
        Violation run() {
            for (Tape.Item item : tape.items()) {
                Violation violation = check(item);
                if (violation != null) {
                    return violation;
                }
            }
            return complete && !ended && afterClose < 0 ? missing(steps.size() + 1L, null) : null;
        }

        private @Nullable Violation check(Tape.Item item) {
            if (ended && item.kind() != Tape.Kind.CLOSE && item.kind() != Tape.Kind.DELIVERED) {
                return wrong("told something after it had ended", item, null);
            }
            return switch (item.kind()) {
                case CHANGE -> change(item);
                case PROGRESS -> item.revision() < told ? wrong("went back", item, null) : mark(item);
                case DELIVERED -> mark(item);
                case RESYNC -> resync(item);
                case END -> {
                    ended = true;
                    yield null;
                }
                case CLOSE -> {
                    afterClose = Math.max(afterClose, 0);
                    yield null;
                }
            };
        }

        private @Nullable Violation change(Tape.Item item) {
            // One call of the listener may have been on its way when the watch was closed.
            if (afterClose >= 0 && afterClose++ > 0) {
                return wrong("went on after it was closed", item, null);
            }
            long revision = item.revision();
            if (began && revision < next) {
                return wrong(
                        revision == next - 1
                                ? "told of revision " + revision + " in two pieces or twice"
                                : "told of revision " + revision + " after a later one, or again",
                        item,
                        source(revision));
            }
            if (revision <= floor) {
                return wrong("began before the time at which it was opened", item, source(revision));
            }
            told = revision;
            Violation missing = missing(revision, item);
            if (missing == null) {
                missing = compare(
                        item,
                        revision > steps.size() ? List.of() : step(revision).changes());
            }
            advance(revision);
            return missing;
        }

        private @Nullable Violation mark(Tape.Item item) {
            // Who asks how much was delivered may ask on another thread, and note the answer late.
            told = item.kind() == Tape.Kind.PROGRESS ? item.revision() : told;
            Violation missing = missing(item.revision() + 1, item);
            advance(item.revision());
            return missing;
        }

        private void advance(long revision) {
            next = Math.max(next, revision + 1);
            began = true;
        }

        /** A change before the revision that should have been told. */
        private @Nullable Violation missing(long before, Tape.@Nullable Item item) {
            boolean after = false;
            for (long revision = began ? next : floor + 1; revision < before && revision <= steps.size(); revision++) {
                Step step = step(revision);
                after |= isAfterOpening(step);
                if ((began || after) && step.changes().stream().anyMatch(tape::tells)) {
                    return wrong("did not tell of revision " + revision, item, step.source());
                }
            }
            return null;
        }

        /** Of a watch that began at a time, what was surely called after that is sure to be told, and all that came later. */
        private boolean isAfterOpening(Step step) {
            return step.source() != null && step.source().call() > tape.opened();
        }

        private @Nullable Violation compare(Tape.Item item, List<Change> changes) {
            List<WatchEvent> expected = new ArrayList<>();
            for (Change change : changes) {
                if (tape.tells(change)) {
                    expected.add(new WatchEvent(
                            change.after() == null ? WatchEvent.Kind.DELETE : WatchEvent.Kind.PUT,
                            change.key(),
                            change.after(),
                            tape.spec().previousValues() ? change.before() : null));
                }
            }
            return expected.equals(item.events())
                    ? null
                    : wrong(
                            "told of revision " + item.revision() + " " + difference(expected, item.events()),
                            item,
                            source(item.revision()));
        }

        private @Nullable Violation resync(Tape.Item item) {
            RangeResult state = item.state();
            if (!tape.spec().resync() || state == null || item.revision() < Math.max(next - 1, floor)) {
                return wrong("told a whole state that nobody asked for or that is old", item, null);
            }
            List<Entry> entries = entries(tape.spec().range(), item.revision());
            if (!state.entries().equals(entries) || state.count() != entries.size()) {
                return wrong(
                        "told a state that was not that of revision " + item.revision(), item, source(item.revision()));
            }
            next = item.revision() + 1;
            told = item.revision();
            began = true;
            return null;
        }

        private Violation wrong(String what, Tape.@Nullable Item item, @Nullable Operation source) {
            List<Timeline.Mark> marks = new ArrayList<>();
            String row = tape.process() + " watch " + tape.seq();
            marks.add(new Timeline.Mark(
                    row,
                    tape.call(),
                    tape.opened(),
                    "watch " + tape.spec().range() + " from " + tape.spec().fromRevision()));
            Tape.Item before = item == null || tape.items().indexOf(item) == 0
                    ? null
                    : tape.items().get(tape.items().indexOf(item) - 1);
            if (before != null) {
                marks.add(Timeline.Mark.at(row, before.at(), Words.of(before)));
            }
            if (item != null) {
                marks.add(Timeline.Mark.at(row, item.at(), Words.of(item)));
            }
            return Violation.of(
                            "A watch of " + tape.spec().range() + " " + what,
                            source == null ? List.of() : List.of(source))
                    .marked(marks);
        }
    }

    private Step step(long revision) {
        return steps.get((int) revision - 1);
    }

    private @Nullable Operation source(long revision) {
        return revision < 1 || revision > steps.size() ? null : step(revision).source();
    }

    private List<Entry> entries(KeyRange range, long revision) {
        List<Entry> entries = new ArrayList<>();
        logs.forEach((key, log) -> {
            Entry entry = range.contains(key) ? log.at(revision) : null;
            if (entry != null) {
                entries.add(entry);
            }
        });
        entries.sort(Comparator.comparing(Entry::key, Keys.ORDER));
        return entries;
    }

    private static String difference(List<WatchEvent> expected, List<WatchEvent> told) {
        if (expected.size() != told.size()) {
            return expected.size() > told.size()
                    ? "in part only"
                    : "with changes that it did not make or nobody asked for";
        }
        for (int i = 0; i < told.size(); i++) {
            WatchEvent a = expected.get(i);
            WatchEvent b = told.get(i);
            if (!a.key().equals(b.key())) {
                return "with " + b.key() + " in place of " + a.key();
            }
            if (!Objects.equals(a.after(), b.after())) {
                return "that " + a.key() + " became " + Explanation.full(b.after()) + ", but it became "
                        + Explanation.full(a.after());
            }
            if (!Objects.equals(a.before(), b.before())) {
                return "that " + a.key() + " had been " + Explanation.full(b.before()) + ", but it had been "
                        + Explanation.full(a.before());
            }
        }
        return "in another kind";
    }
}
