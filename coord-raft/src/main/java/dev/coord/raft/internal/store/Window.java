package dev.coord.raft.internal.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable run of consecutively numbered items, which grows at its end and shrinks at its beginning, such as the
 * retained revisions. Changed versions share full chunks with the original: a builder copies the open chunk once, and the
 * list of chunks when one is filled or dropped. Any thread may read a window that was published to it safely.
 *
 * @param <T> the items
 */
public final class Window<T> {
    private static final int BITS = 7;
    private static final int CHUNK = 1 << BITS;
    private static final int LEAST = 8;
    private static final Object[] NONE = {};

    private final long first;
    private final long end;

    /** The chunks from the one that holds the first item to the one before the open chunk. A chunk begins at a multiple. */
    private final Object[][] full;

    /** The chunk that the next item belongs to; as long as needed. */
    private final @Nullable Object[] open;

    private Window(long first, long end, Object[][] full, @Nullable Object[] open) {
        this.first = first;
        this.end = end;
        this.full = full;
        this.open = open;
    }

    /**
     * Receives the items of a traversal.
     *
     * @param <T> the items
     */
    @FunctionalInterface
    public interface Visitor<T> {
        /**
         * Takes one item.
         *
         * @param number its number
         * @param item the item
         * @return true to go on, false to stop
         */
        boolean visit(long number, T item);
    }

    /**
     * Returns a window without items.
     *
     * @param <T> the items
     * @param next the number of the first item to come, not negative
     * @return an empty window
     */
    public static <T> Window<T> startingAt(long next) {
        if (next < 0) {
            throw new IllegalArgumentException("items are numbered from 0, not " + next);
        }
        return new Window<>(next, next, new Object[0][], NONE);
    }

    /**
     * Returns the number of the first item, or that of the next one if there are none.
     *
     * @return the lowest number
     */
    public long first() {
        return first;
    }

    /**
     * Returns the number that the next item will have.
     *
     * @return one more than the highest number
     */
    public long end() {
        return end;
    }

    /**
     * Returns how many items there are.
     *
     * @return the size
     */
    public long size() {
        return end - first;
    }

    /**
     * Returns an item.
     *
     * @param number its number
     * @return the item, or null if the window does not hold it
     */
    public @Nullable T get(long number) {
        return number < first || number >= end ? null : at(number);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // No slot within the bounds is empty.
    private T at(long number) {
        int chunk = chunk(number) - chunk(first);
        return (T) (chunk == full.length ? open : full[chunk])[slot(number)];
    }

    // Relative to each other: chunks of far numbers may wrap, their distance does not.
    private static int chunk(long number) {
        return (int) (number >>> BITS);
    }

    private static int slot(long number) {
        return (int) number & (CHUNK - 1);
    }

    /**
     * Visits the items of a range in order.
     *
     * @param from the lowest number
     * @param to the number to stop before
     * @param visitor takes the items
     * @return false if the visitor stopped the traversal
     */
    public boolean forEach(long from, long to, Visitor<? super T> visitor) {
        long stop = Math.min(to, end);
        for (long number = Math.max(from, first); number < stop; number++) {
            if (!visitor.visit(number, at(number))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Visits the items from a number on in order.
     *
     * @param from the lowest number
     * @param visitor takes the items
     * @return false if the visitor stopped the traversal
     */
    public boolean forEach(long from, Visitor<? super T> visitor) {
        return forEach(from, end, visitor);
    }

    /**
     * Visits the items of a range in reverse order.
     *
     * @param from the lowest number, visited last
     * @param to the number to stop before
     * @param visitor takes the items
     * @return false if the visitor stopped the traversal
     */
    public boolean forEachDescending(long from, long to, Visitor<? super T> visitor) {
        long stop = Math.max(from, first);
        for (long number = Math.min(to, end) - 1; number >= stop; number--) {
            if (!visitor.visit(number, at(number))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns a builder that starts from this window, which it leaves unchanged.
     *
     * @return a new builder
     */
    public Builder<T> toBuilder() {
        return new Builder<>(this);
    }

    /**
     * A window under construction, for one thread.
     *
     * @param <T> the items
     */
    public static final class Builder<T> {
        private Window<T> built;
        private long first;
        private long end;
        private Object[][] full;
        private @Nullable Object[] open;
        private boolean ownsOpen;

        private Builder(Window<T> start) {
            built = start;
            first = start.first;
            end = start.end;
            full = start.full;
            open = start.open;
        }

        /**
         * Returns the number that the next item will have.
         *
         * @return one more than the highest number
         */
        public long end() {
            return end;
        }

        /**
         * Returns an item.
         *
         * @param number its number
         * @return the item, or null if the window does not hold it
         */
        @SuppressWarnings("unchecked")
        public @Nullable T get(long number) {
            if (number < first || number >= end) {
                return null;
            }
            int chunk = chunk(number) - chunk(built.first);
            return (T) (chunk == full.length ? open : full[chunk])[slot(number)];
        }

        /**
         * Adds an item at the end.
         *
         * @param item the item
         */
        public void append(T item) {
            if (end == Long.MAX_VALUE) {
                throw new IllegalArgumentException("no number is left");
            }
            int slot = slot(end);
            if (!ownsOpen || slot == open.length) {
                open = Arrays.copyOf(open, slot < open.length ? open.length : lengthFor(slot));
                ownsOpen = true;
            }
            open[slot] = item;
            end++;
            if (slot == CHUNK - 1) {
                full = Arrays.copyOf(full, full.length + 1);
                full[full.length - 1] = open;
                open = NONE;
            }
        }

        private static int lengthFor(int slot) {
            return Math.min(CHUNK, Math.max(LEAST, (slot + 1) * 2));
        }

        /**
         * Drops items at the beginning.
         *
         * @param upTo the highest number to drop; all are dropped if it is above that
         */
        public void dropUpTo(long upTo) {
            first = Math.max(first, Math.min(upTo + 1, end));
        }

        /**
         * Returns the window as it is now, which later changes to this builder do not affect.
         *
         * @return the window
         */
        public Window<T> build() {
            if (first != built.first) {
                forget(chunk(first) - chunk(built.first));
            }
            if (first != built.first || end != built.end) {
                built = new Window<>(first, end, full, open);
                ownsOpen = false;
            }
            return built;
        }

        /** Lets go of what was dropped: whole chunks, and the items before the first one in its chunk. */
        private void forget(int chunks) {
            if (chunks > 0) {
                full = Arrays.copyOfRange(full, chunks, full.length);
            }
            int kept = slot(first);
            if (full.length == 0) {
                open = ownsOpen ? open : open.clone();
                Arrays.fill(open, 0, Math.min(kept, open.length), null);
            } else if (kept > 0) {
                full = full.clone();
                full[0] = full[0].clone();
                Arrays.fill(full[0], 0, kept, null);
            }
        }
    }
}
