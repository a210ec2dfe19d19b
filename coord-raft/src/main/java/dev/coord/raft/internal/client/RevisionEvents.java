package dev.coord.raft.internal.client;

import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.raft.internal.store.Change;
import dev.coord.raft.internal.store.Revision;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What revisions mean to watches. The latest answers are kept, unless they are large: many watches of one kind ask one after the other.
 */
final class RevisionEvents {
    /** As many as a watch reads at once when writes come in large batches. */
    private static final int KEPT = 1024;

    /** They may stay for as long as nothing is watched. */
    private static final long MOST_BYTES = 8 << 10;

    private final AtomicReferenceArray<@Nullable Answer> answers = new AtomicReferenceArray<>(KEPT);

    private record Answer(long revision, WatchSpec spec, List<WatchEvent> events) {
        boolean isFor(Revision other, WatchSpec otherSpec) {
            return revision == other.number()
                    && spec.puts() == otherSpec.puts()
                    && spec.deletes() == otherSpec.deletes()
                    && isSame(spec.range(), otherSpec.range());
        }

        /** As a record's own, which is slow for as long as its method handles are not compiled into the caller. */
        private static boolean isSame(KeyRange a, KeyRange b) {
            return a.from().equals(b.from()) && Objects.equals(a.to(), b.to());
        }
    }

    /** Returns what of a revision a watch is to be told. */
    List<WatchEvent> of(Revision revision, WatchSpec spec) {
        if (spec.previousValues() || revision.bytes() > MOST_BYTES) {
            return find(revision, spec);
        }
        int place = (int) (revision.number() % KEPT);
        Answer answer = answers.get(place);
        if (answer == null || !answer.isFor(revision, spec)) {
            answer = new Answer(revision.number(), spec, find(revision, spec));
            answers.set(place, answer);
        }
        return answer.events();
    }

    private static List<WatchEvent> find(Revision revision, WatchSpec spec) {
        List<WatchEvent> events = new ArrayList<>();
        for (Change change : revision.changes()) {
            Entry after = change.after();
            if (spec.range().contains(change.key()) && (after == null ? spec.deletes() : spec.puts())) {
                events.add(new WatchEvent(
                        after == null ? WatchEvent.Kind.DELETE : WatchEvent.Kind.PUT,
                        change.key(),
                        after,
                        spec.previousValues() ? change.before() : null));
            }
        }
        return List.copyOf(events);
    }
}
