package dev.coord.testkit.history;

import dev.coord.kv.Entry;
import dev.coord.watch.WatchEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The stretch of revisions of which a watch told every change that it was asked for. */
final class Coverage {
    private final Tape tape;
    private final long from;
    private final Map<Long, List<WatchEvent>> events = new HashMap<>();
    private long to;

    private Coverage(Tape tape, long from) {
        this.tape = tape;
        this.from = from;
        this.to = from - 1;
    }

    /** The stretches of a watch; a resync ends one and begins another. */
    static List<Coverage> of(Tape tape) {
        List<Coverage> all = new ArrayList<>();
        Coverage current = tape.spec().fromRevision() == 0
                ? null
                : new Coverage(tape, tape.spec().fromRevision());
        for (Tape.Item item : tape.items()) {
            if (item.kind() == Tape.Kind.RESYNC) {
                addTo(all, current);
                current = new Coverage(tape, item.revision() + 1);
            } else if (item.kind() == Tape.Kind.CHANGE) {
                // Where a watch "from now on" began is only known from the first thing it told.
                current = current == null ? new Coverage(tape, item.revision()) : current;
                current.events.put(item.revision(), item.events());
                current.to = Math.max(current.to, item.revision());
            } else if (current != null) {
                current.to = Math.max(current.to, item.revision());
            }
        }
        addTo(all, current);
        return all;
    }

    private static void addTo(List<Coverage> all, @Nullable Coverage coverage) {
        if (coverage != null) {
            all.add(coverage);
        }
    }

    /** The first revision. */
    long from() {
        return from;
    }

    /** The last revision, before the first if it told nothing. */
    long to() {
        return to;
    }

    /** Whether the watch could have told what it told if the revision had made these changes. */
    boolean admits(long revision, List<Change> changes) {
        if (revision < from || revision > to) {
            return true;
        }
        Map<String, @Nullable Entry> told = new HashMap<>();
        for (WatchEvent event : events.getOrDefault(revision, List.of())) {
            told.put(event.key(), event.after());
        }
        int expected = 0;
        for (Change change : changes) {
            if (tape.tells(change)) {
                expected++;
                if (!told.containsKey(change.key()) || !Objects.equals(told.get(change.key()), change.after())) {
                    return false;
                }
            }
        }
        return expected == told.size();
    }
}
