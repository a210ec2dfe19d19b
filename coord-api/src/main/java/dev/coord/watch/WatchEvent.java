package dev.coord.watch;

import dev.coord.kv.Entry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One change of one key. Immutable.
 *
 * @param kind what happened
 * @param key the key
 * @param after the entry as written; null for a deletion
 * @param before the entry as it was, if the watch asked for previous values and the key existed
 */
public record WatchEvent(
        Kind kind,
        String key,
        @Nullable Entry after,
        @Nullable Entry before) {

    /** What happened to the key. */
    public enum Kind {
        /** The key was written. */
        PUT,
        /** The key was deleted, by an operation or with its lease. */
        DELETE
    }

    /**
     * Returns the entry as written.
     *
     * @return the entry, empty for a deletion
     */
    public Optional<Entry> entry() {
        return Optional.ofNullable(after);
    }

    /**
     * Returns the entry as it was before.
     *
     * @return the entry, empty if the key is new or the watch did not ask for previous values
     */
    public Optional<Entry> previous() {
        return Optional.ofNullable(before);
    }
}
