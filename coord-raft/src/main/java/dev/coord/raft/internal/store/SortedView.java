package dev.coord.raft.internal.store;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The reads that an ordered map offers, whether it is a {@link PersistentMap} or its builder. Lookups and counts take
 * O(log n); traversals allocate nothing. A builder must not be changed during its own traversal.
 *
 * @param <K> the keys
 * @param <V> the values, never null
 */
public abstract sealed class SortedView<K, V> permits PersistentMap, PersistentMap.Builder {
    final Comparator<Object> order;

    @SuppressWarnings("unchecked") // Only keys of type K ever reach it.
    SortedView(Comparator<?> order) {
        this.order = (Comparator<Object>) order;
    }

    /**
     * Receives the entries of a traversal.
     *
     * @param <K> the keys
     * @param <V> the values
     */
    @FunctionalInterface
    public interface Visitor<K, V> {
        /**
         * Takes one entry.
         *
         * @param key the key
         * @param value the value
         * @return true to go on, false to stop
         */
        boolean visit(K key, V value);
    }

    abstract TreeNode root();

    /**
     * Returns the number of entries.
     *
     * @return the size
     */
    public final int size() {
        return root().size;
    }

    /**
     * Tells whether there are no entries.
     *
     * @return true if empty
     */
    public final boolean isEmpty() {
        return root().size == 0;
    }

    /**
     * Returns the value of a key.
     *
     * @param key the key
     * @return the value, or null if the key is absent
     */
    @SuppressWarnings("unchecked")
    public final @Nullable V get(K key) {
        Comparator<Object> around = KeyOrder.around(key, order);
        TreeNode leaf = root().guessLeafOf(around, key);
        int found = leaf.find(around, key);
        if (!leaf.isCertain(found)) {
            leaf = root().leafOf(around, key);
            found = leaf.find(around, key);
        }
        return found < 0 ? null : (V) leaf.slots[found];
    }

    /**
     * Tells whether a key is present.
     *
     * @param key the key
     * @return true if it is
     */
    public final boolean containsKey(K key) {
        return get(key) != null;
    }

    /**
     * Returns the first key.
     *
     * @return the key, or null if there are no entries
     */
    @SuppressWarnings("unchecked")
    public final @Nullable K firstKey() {
        return isEmpty() ? null : (K) root().firstLeaf().keys[0];
    }

    /**
     * Returns the last key.
     *
     * @return the key, or null if there are no entries
     */
    @SuppressWarnings("unchecked")
    public final @Nullable K lastKey() {
        TreeNode leaf = root().lastLeaf();
        return isEmpty() ? null : (K) leaf.keys[leaf.count - 1];
    }

    /**
     * Returns the last entry whose key is not after the given one.
     *
     * @param key any key
     * @return the entry, or null if there is none
     */
    public final Map.@Nullable Entry<K, V> floor(K key) {
        return atOrBefore(key, true);
    }

    /**
     * Returns the last entry whose key is before the given one.
     *
     * @param key any key
     * @return the entry, or null if there is none
     */
    public final Map.@Nullable Entry<K, V> lower(K key) {
        return atOrBefore(key, false);
    }

    /**
     * Returns the first entry whose key is not before the given one.
     *
     * @param key any key
     * @return the entry, or null if there is none
     */
    public final Map.@Nullable Entry<K, V> ceiling(K key) {
        return atOrAfter(key, true);
    }

    /**
     * Returns the first entry whose key is after the given one.
     *
     * @param key any key
     * @return the entry, or null if there is none
     */
    public final Map.@Nullable Entry<K, V> higher(K key) {
        return atOrAfter(key, false);
    }

    /**
     * Counts the entries of a range.
     *
     * @param fromInclusive the first key, or null for the beginning
     * @param toExclusive the end key, or null for the end
     * @return how many entries the range holds
     */
    public final int count(@Nullable K fromInclusive, @Nullable K toExclusive) {
        int below = fromInclusive == null ? 0 : countBelow(fromInclusive);
        int upTo = toExclusive == null ? size() : countBelow(toExclusive);
        return Math.max(0, upTo - below);
    }

    /**
     * Visits the entries of a range in order.
     *
     * @param fromInclusive the first key, or null for the beginning
     * @param toExclusive the end key, or null for the end
     * @param visitor takes the entries
     * @return false if the visitor stopped the traversal
     */
    @SuppressWarnings("unchecked")
    public final boolean forEach(
            @Nullable K fromInclusive, @Nullable K toExclusive, Visitor<? super K, ? super V> visitor) {
        return ascend(root(), fromInclusive, toExclusive, (Visitor<Object, Object>) visitor);
    }

    /**
     * Visits the entries of a range in reverse order.
     *
     * @param fromInclusive the first key, visited last, or null for the beginning
     * @param toExclusive the end key, or null for the end
     * @param visitor takes the entries
     * @return false if the visitor stopped the traversal
     */
    @SuppressWarnings("unchecked")
    public final boolean forEachDescending(
            @Nullable K fromInclusive, @Nullable K toExclusive, Visitor<? super K, ? super V> visitor) {
        return descend(root(), fromInclusive, toExclusive, (Visitor<Object, Object>) visitor);
    }

    private boolean ascend(TreeNode node, @Nullable Object from, @Nullable Object to, Visitor<Object, Object> visitor) {
        int first = firstSlot(node, from);
        int end = endSlot(node, to);
        for (int i = first; i < end; i++) {
            Object slot = requireNonNull(node.slots[i]);
            // Only the outermost children can hold keys outside the range.
            boolean goOn = node.leaf
                    ? visitor.visit(requireNonNull(node.keys[i]), slot)
                    : ascend((TreeNode) slot, i == first ? from : null, i == end - 1 ? to : null, visitor);
            if (!goOn) {
                return false;
            }
        }
        return true;
    }

    private boolean descend(
            TreeNode node, @Nullable Object from, @Nullable Object to, Visitor<Object, Object> visitor) {
        int first = firstSlot(node, from);
        int end = endSlot(node, to);
        for (int i = end - 1; i >= first; i--) {
            Object slot = requireNonNull(node.slots[i]);
            boolean goOn = node.leaf
                    ? visitor.visit(requireNonNull(node.keys[i]), slot)
                    : descend((TreeNode) slot, i == first ? from : null, i == end - 1 ? to : null, visitor);
            if (!goOn) {
                return false;
            }
        }
        return true;
    }

    private int firstSlot(TreeNode node, @Nullable Object from) {
        if (from == null) {
            return 0;
        }
        return node.leaf ? node.countBelow(order, from) : node.childIndex(order, from);
    }

    private int endSlot(TreeNode node, @Nullable Object to) {
        if (to == null) {
            return node.count;
        }
        return node.leaf ? node.countBelow(order, to) : node.childIndex(order, to) + 1;
    }

    private int countBelow(Object key) {
        TreeNode node = root();
        int below = 0;
        while (!node.leaf) {
            int index = node.childIndex(order, key);
            for (int i = 0; i < index; i++) {
                below += node.child(i).size;
            }
            node = node.child(index);
        }
        return below + node.countBelow(order, key);
    }

    private Map.@Nullable Entry<K, V> atOrBefore(Object key, boolean orAt) {
        TreeNode node = root();
        TreeNode before = null;
        while (!node.leaf) {
            int index = node.childIndex(order, key);
            before = index == 0 ? before : node.child(index - 1);
            node = node.child(index);
        }
        int found = node.find(order, key);
        int index = found < 0 ? -2 - found : orAt ? found : found - 1;
        if (index >= 0) {
            return entry(node, index);
        }
        if (before == null) {
            return null;
        }
        TreeNode leaf = before.lastLeaf();
        return entry(leaf, leaf.count - 1);
    }

    private Map.@Nullable Entry<K, V> atOrAfter(Object key, boolean orAt) {
        TreeNode node = root();
        TreeNode after = null;
        while (!node.leaf) {
            int index = node.childIndex(order, key);
            after = index == node.count - 1 ? after : node.child(index + 1);
            node = node.child(index);
        }
        int found = node.find(order, key);
        int index = found < 0 ? -1 - found : orAt ? found : found + 1;
        if (index < node.count) {
            return entry(node, index);
        }
        return after == null ? null : entry(after.firstLeaf(), 0);
    }

    @SuppressWarnings("unchecked")
    private static <K, V> Map.Entry<K, V> entry(TreeNode leaf, int index) {
        return Map.entry((K) requireNonNull(leaf.keys[index]), (V) requireNonNull(leaf.slots[index]));
    }

    /** Checks the invariant of {@link TreeNode}; for tests. Returns the height. */
    final int checkInvariants() {
        return root().check(order, null, null, true, true);
    }
}
