package dev.coord.testkit.history;

import dev.coord.kv.RangeResult;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that one watch told its listener. Immutable.
 *
 * @param process the handle that opened it
 * @param seq the number of the watch among the operations of the history
 * @param spec what was asked for
 * @param call the place of the call that opened it
 * @param opened the place where that returned
 * @param items what it told, in that order
 */
record Tape(String process, long seq, WatchSpec spec, long call, long opened, List<Item> items) {
    Tape {
        items = List.copyOf(items);
    }

    /** What a watch can tell. */
    enum Kind {
        /** The changes of a revision. */
        CHANGE,
        /** Everything up to a revision was delivered: a progress mark. */
        PROGRESS,
        /** The same, told to a caller of {@code deliveredRevision()}. */
        DELIVERED,
        /** The present state, in place of lost history. */
        RESYNC,
        /** The end by an error. */
        END,
        /** The close by the user. */
        CLOSE
    }

    /**
     * One thing told.
     *
     * @param at the place in the history's sequence of events
     * @param nanos the clock
     * @param kind what was told
     * @param revision the revision told, 0 for an end
     * @param events the changes
     * @param state the state of a resync
     */
    record Item(
            long at,
            long nanos,
            Kind kind,
            long revision,
            List<WatchEvent> events,
            @Nullable RangeResult state) {
        Item {
            events = List.copyOf(events);
        }
    }

    Tape withItems(List<Item> other) {
        return new Tape(process, seq, spec, call, opened, other);
    }

    /** Whether the watch would tell of a change. */
    boolean tells(Change change) {
        return spec.range().contains(change.key()) && (change.after() == null ? spec.deletes() : spec.puts());
    }
}
