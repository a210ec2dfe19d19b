package dev.coord.testkit.history;

import dev.coord.kv.Entry;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** All that ever happened to one key, in revision order. */
final class KeyLog {
    /** No revision. */
    static final long NONE = -1;

    private long[] revisions = new long[4];
    private @Nullable Entry[] states = new Entry[4];
    private int size;

    void add(long revision, @Nullable Entry state) {
        if (size == revisions.length) {
            revisions = Arrays.copyOf(revisions, 2 * size);
            states = Arrays.copyOf(states, 2 * size);
        }
        revisions[size] = revision;
        states[size++] = state;
    }

    /** The key as it was just after a revision. */
    @Nullable
    Entry at(long revision) {
        int index = indexAt(revision);
        return index < 0 ? null : states[index];
    }

    /** The revision of the change that made the key what it was just after a revision, 0 if there was none yet. */
    long changedBy(long revision) {
        int index = indexAt(revision);
        return index < 0 ? 0 : revisions[index];
    }

    /** The first revision, from a given one on, at which the key was as seen; {@link #NONE} if it never was. */
    long firstAs(@Nullable Entry seen, long from) {
        int index = indexAt(from);
        if (seen != null) {
            int own = Math.max(index, indexAt(seen.modRevision()));
            return own >= 0 && seen.equals(states[own]) ? Math.max(from, revisions[own]) : NONE;
        }
        if (index < 0 || states[index] == null) {
            return from;
        }
        for (int i = index + 1; i < size; i++) {
            if (states[i] == null) {
                return revisions[i];
            }
        }
        return NONE;
    }

    private int indexAt(long revision) {
        int found = Arrays.binarySearch(revisions, 0, size, revision);
        return found >= 0 ? found : -found - 2;
    }
}
