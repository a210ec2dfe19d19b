package dev.coord.raft.internal.store;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a {@link TreeNode}, in order, none twice. Changed copies of a node share them until the keys themselves
 * change, which a new value of a key or a new version of a child does not.
 *
 * <p>Where the order allows, each key has a {@link KeyHint}, behind a prefix that all share. Hints lie side by side, while
 * to read a key is to reach for two objects that no cache holds: a search reads hints, and keys only where those tie.
 */
abstract sealed class KeyRow permits TreeNode {
    /** The most keys. */
    static final int WIDTH = 32;

    private static final int SPARE = 8;

    /** The index of the first key that counts; one before it means nothing and may be stale. */
    final int first;

    @Nullable
    Object[] keys;
    /** The keys in use. */
    int count;

    private int @Nullable [] hints;
    private int prefix;
    private boolean borrowed;

    /** Creates a row of a slice of keys. */
    KeyRow(int first, boolean hinted, @Nullable Object[] keys, int from, int to) {
        this.first = first;
        this.keys = slice(keys, from, to);
        count = to - from;
        if (hinted) {
            hintAll();
        }
    }

    /** Creates a row of a slice of the keys of another. */
    KeyRow(KeyRow other, int from, int to) {
        this(other);
        keepKeys(from, to);
    }

    /** Creates a row of the keys of another, which must not change any more. */
    KeyRow(KeyRow other) {
        first = other.first;
        keys = other.keys;
        count = other.count;
        hints = other.hints;
        prefix = other.prefix;
        borrowed = true;
    }

    // Some room for the inserts that tend to follow, yet never much more than is used.
    static int capacityFor(int count) {
        return Math.min(WIDTH, (count + SPARE) & -SPARE);
    }

    final boolean isHinted() {
        return hints != null;
    }

    /** Returns the index of the key, or {@code -1 - i} if it is absent and belongs at index i. */
    final int find(Comparator<Object> order, Object key) {
        int found = guess(order, key);
        // A key that was found has the prefix.
        return found >= 0 || hasPrefix(key) ? found : -1 - beyond(order, key);
    }

    /** Does what {@link #find} does if the key has the prefix or is in this row, at less cost; else finds any index. */
    final int guess(Comparator<Object> order, Object key) {
        if (hints == null) {
            return search(order, key, first, count);
        }
        int hint = KeyHint.of((String) key, prefix);
        int low = lowerBound(hints, hint);
        int high = low;
        while (high < count && hints[high] == hint) {
            high++;
        }
        return search(order, key, low, high);
    }

    /** Tells whether what was found in a leaf is true of the tree, even if other rows only guessed the way to it. */
    final boolean isCertain(int found) {
        boolean outermost = found == -1 || found == -1 - count;
        return hints == null || !outermost;
    }

    private int search(Comparator<Object> order, Object key, int from, int to) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int compared = order.compare(keys[middle], key);
            if (compared == 0) {
                return middle;
            }
            if (compared < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return -1 - low;
    }

    private int lowerBound(int[] sorted, int hint) {
        int low = first;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < hint) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private boolean hasPrefix(Object key) {
        return prefix == 0 || first >= count || KeyHint.sharePrefix((String) key, keyAt(first), prefix);
    }

    // A key without the prefix is on the same side of all that have it.
    private int beyond(Comparator<Object> order, Object key) {
        return order.compare(keyAt(first), key) < 0 ? count : first;
    }

    private String keyAt(int index) {
        return (String) requireNonNull(keys[index]);
    }

    final void insertKey(int index, @Nullable Object key) {
        if (borrowed || count == keys.length) {
            own();
        }
        System.arraycopy(keys, index, keys, index + 1, count - index);
        if (hints != null) {
            System.arraycopy(hints, index, hints, index + 1, count - index);
        }
        count++;
        keys[index] = key;
        // A key before the first makes the next one count.
        hint(Math.max(index, first));
    }

    final void removeKey(int index) {
        if (borrowed) {
            own();
        }
        count--;
        System.arraycopy(keys, index + 1, keys, index, count - index);
        if (hints != null) {
            System.arraycopy(hints, index + 1, hints, index, count - index);
        }
        keys[count] = null;
    }

    final void replaceKey(int index, @Nullable Object key) {
        if (borrowed) {
            own();
        }
        keys[index] = key;
        hint(index);
    }

    /** Drops all keys but a slice. */
    final void keepKeys(int from, int to) {
        keys = slice(keys, from, to);
        count = to - from;
        borrowed = false;
        if (hints != null) {
            hints = Arrays.copyOfRange(hints, from, from + keys.length);
            // Otherwise a longer prefix would gain nothing for the look at every key that it takes.
            if (!areDistinct(hints)) {
                hintAll();
            }
        }
    }

    /** Returns a copy of a part of the array, with some room behind. */
    static @Nullable Object[] slice(@Nullable Object[] all, int from, int to) {
        @Nullable Object[] slice = new Object[capacityFor(to - from)];
        System.arraycopy(all, from, slice, 0, to - from);
        return slice;
    }

    private boolean areDistinct(int[] sorted) {
        for (int i = first + 1; i < count; i++) {
            if (sorted[i] == sorted[i - 1]) {
                return false;
            }
        }
        return true;
    }

    private void own() {
        int capacity = capacityFor(count);
        keys = Arrays.copyOf(keys, capacity);
        hints = hints == null ? null : Arrays.copyOf(hints, capacity);
        borrowed = false;
    }

    private void hint(int index) {
        if (hints == null || index >= count) {
            return;
        }
        if (keepsPrefix(index)) {
            hints[index] = KeyHint.of(keyAt(index), prefix);
        } else {
            hintAll();
        }
    }

    private boolean keepsPrefix(int index) {
        if (index > first && index < count - 1) {
            return true; // A key between others shares what they share.
        }
        int other = index == first ? count - 1 : first;
        return other != index && KeyHint.sharePrefix(keyAt(other), keyAt(index), prefix);
    }

    /** Checks that all keys have the prefix and their hints; for tests. */
    final boolean isHintedRight() {
        boolean right = hints == null || hints.length == keys.length;
        for (int i = first; i < count && hints != null; i++) {
            String key = keyAt(i);
            right &= KeyHint.sharePrefix(key, keyAt(first), prefix) && hints[i] == KeyHint.of(key, prefix);
        }
        return right;
    }

    private void hintAll() {
        int[] all = new int[keys.length];
        prefix = first < count ? KeyHint.sharedPrefix(keyAt(first), keyAt(count - 1)) : 0;
        for (int i = first; i < count; i++) {
            all[i] = KeyHint.of(keyAt(i), prefix);
        }
        hints = all;
    }
}
