package dev.coord.kv;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one step of a transaction found, in the order of the steps. Immutable.
 */
public sealed interface OpResult {

    /**
     * Of a put.
     *
     * @param before the entry that was overwritten, or null if the key is new
     */
    record Put(@Nullable Entry before) implements OpResult {
        /**
         * Returns the entry that was overwritten.
         *
         * @return the entry, empty if the key is new
         */
        public Optional<Entry> previous() {
            return Optional.ofNullable(before);
        }
    }

    /**
     * Of a get.
     *
     * @param found the entry, or null if the key is absent
     */
    record Get(@Nullable Entry found) implements OpResult {
        /**
         * Returns the entry.
         *
         * @return the entry, empty if the key is absent
         */
        public Optional<Entry> entry() {
            return Optional.ofNullable(found);
        }
    }

    /**
     * Of a range read.
     *
     * @param result what was read
     */
    record Range(RangeResult result) implements OpResult {}

    /**
     * Of a delete, of one key or a range.
     *
     * @param deleted the entries deleted, in key order
     */
    record Delete(List<Entry> deleted) implements OpResult {
        /** Creates the result. */
        public Delete {
            deleted = List.copyOf(deleted);
        }
    }

    /**
     * Of an add.
     *
     * @param after the entry as it was written, with the sum as its text: of version 1 if the key is new
     */
    record Add(Entry after) implements OpResult {
        /**
         * Returns the sum.
         *
         * @return the number that the key holds now
         */
        public long value() {
            return Long.parseLong(after.text());
        }
    }
}
