package dev.coord.raft.internal.store;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * An immutable ordered map: a B+-tree whose changed versions share all but one path with the original. Any thread may
 * read a map that was published to it safely, as through a volatile field. Changes take O(log n); a {@link Builder}
 * makes many of them without copying a node twice.
 *
 * @param <K> the keys
 * @param <V> the values, never null
 */
public final class PersistentMap<K, V> extends SortedView<K, V> {
    private final TreeNode root;

    private PersistentMap(Comparator<?> order, TreeNode root) {
        super(order);
        this.root = root;
    }

    /**
     * Returns the map without entries.
     *
     * @param order orders the keys; keys that compare as 0 are the same
     * @param <K> the keys
     * @param <V> the values
     * @return an empty map
     */
    public static <K, V> PersistentMap<K, V> empty(Comparator<? super K> order) {
        return new PersistentMap<>(order, TreeNode.empty(order));
    }

    @Override
    TreeNode root() {
        return root;
    }

    /**
     * Returns the map with a key set.
     *
     * @param key the key
     * @param value its value
     * @return the changed map; this one if the key has that very value
     */
    public PersistentMap<K, V> with(K key, V value) {
        Builder<K, V> builder = toBuilder();
        builder.put(key, value);
        return builder.build();
    }

    /**
     * Returns the map without a key.
     *
     * @param key the key
     * @return the changed map; this one if the key is absent
     */
    public PersistentMap<K, V> without(K key) {
        Builder<K, V> builder = toBuilder();
        builder.remove(key);
        return builder.build();
    }

    /**
     * Returns a builder that starts from this map, which it leaves unchanged.
     *
     * @return a new builder
     */
    public Builder<K, V> toBuilder() {
        return new Builder<>(this);
    }

    /**
     * A map under construction, for one thread. It copies the nodes of maps when it first changes them, and afterwards
     * changes its copies in place, until {@link #build()} gives them away.
     *
     * @param <K> the keys
     * @param <V> the values, never null
     */
    public static final class Builder<K, V> extends SortedView<K, V> {
        private PersistentMap<K, V> built;
        private TreeNode root;
        private Object token = new Object();

        // Left by the recursive changes for their callers.
        private @Nullable Object previous;
        private @Nullable TreeNode split;

        // Set for the recursive changes: how the key at hand compares.
        private Comparator<Object> around = order;

        private Builder(PersistentMap<K, V> start) {
            super(start.order);
            this.built = start;
            this.root = start.root;
        }

        @Override
        TreeNode root() {
            return root;
        }

        /**
         * Sets a key.
         *
         * @param key the key
         * @param value its value
         * @return the value before, or null if the key was absent
         */
        public @Nullable V put(K key, V value) {
            return set(key, value, false);
        }

        /**
         * Sets a key that sorts after all others; the fastest way to fill a map from sorted input.
         *
         * @param key the key
         * @param value its value
         * @throws IllegalArgumentException if the key does not sort after the last one
         */
        public void append(K key, V value) {
            K last = lastKey();
            if (last != null && order.compare(last, key) >= 0) {
                throw new IllegalArgumentException("key does not sort after the last one: " + key);
            }
            set(key, value, true);
        }

        /**
         * Removes a key.
         *
         * @param key the key
         * @return its value, or null if it was absent
         */
        public @Nullable V remove(K key) {
            previous = null;
            around = KeyOrder.around(key, order);
            TreeNode changed = removeBelow(root, key);
            while (!changed.leaf && changed.count == 1) {
                changed = changed.child(0);
            }
            root = changed;
            return takePrevious();
        }

        /**
         * Returns the map as it is now, which later changes to this builder do not affect.
         *
         * @return the map
         */
        public PersistentMap<K, V> build() {
            if (built.root != root) {
                built = new PersistentMap<>(order, root);
                token = new Object();
            }
            return built;
        }

        private @Nullable V set(K key, V value, boolean last) {
            previous = null;
            split = null;
            around = KeyOrder.around(key, order);
            root = putBelow(root, key, value, last, true);
            if (split != null) {
                root = TreeNode.root(token, root, split);
                split = null;
            }
            return takePrevious();
        }

        private TreeNode putBelow(TreeNode node, Object key, Object value, boolean last, boolean rightEdge) {
            if (node.leaf) {
                return putInLeaf(node, key, value, last, rightEdge);
            }
            int index = last ? node.count - 1 : node.childIndex(around, key);
            boolean childOnEdge = rightEdge && index == node.count - 1;
            TreeNode child = node.child(index);
            TreeNode changed = putBelow(child, key, value, last, childOnEdge);
            if (changed == child && !isOwned(child)) {
                return node; // The key had this value.
            }
            TreeNode copy = node.ownedBy(token);
            copy.slots[index] = changed;
            copy.size += previous == null ? 1 : 0;
            if (split != null) {
                split = copy.insertOrSplit(index + 1, requireNonNull(split.keys[0]), split, rightEdge);
            }
            return copy;
        }

        private TreeNode putInLeaf(TreeNode leaf, Object key, Object value, boolean last, boolean rightEdge) {
            int found = last ? -1 - leaf.count : leaf.find(around, key);
            if (found >= 0) {
                previous = leaf.slots[found];
                if (previous == value) {
                    return leaf;
                }
                TreeNode copy = leaf.ownedBy(token);
                copy.slots[found] = value;
                return copy;
            }
            TreeNode copy = leaf.ownedBy(token);
            split = copy.insertOrSplit(-1 - found, key, value, rightEdge);
            return copy;
        }

        private TreeNode removeBelow(TreeNode node, Object key) {
            if (node.leaf) {
                return removeFromLeaf(node, key);
            }
            int index = node.childIndex(around, key);
            TreeNode changed = removeBelow(node.child(index), key);
            if (previous == null) {
                return node;
            }
            TreeNode copy = node.ownedBy(token);
            copy.slots[index] = changed;
            copy.size--;
            copy.mendChild(index);
            return copy;
        }

        private TreeNode removeFromLeaf(TreeNode leaf, Object key) {
            int found = leaf.find(around, key);
            if (found < 0) {
                return leaf;
            }
            previous = leaf.slots[found];
            TreeNode copy = leaf.ownedBy(token);
            copy.remove(found);
            return copy;
        }

        private boolean isOwned(TreeNode node) {
            return node.owner == token;
        }

        @SuppressWarnings("unchecked")
        private @Nullable V takePrevious() {
            V value = (V) previous;
            previous = null;
            return value;
        }
    }
}
