package dev.coord.raft.internal.store;

import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the items, such as watches, whose key range holds a given key. Not thread-safe.
 *
 * <p>A lookup takes O(log n) for the index and again for each wider range that matches; ranges that do not match cost
 * nothing more. Single keys lie in a hash table. Wider ranges lie in a treap, ordered by their bounds, in which every
 * node knows the last end below it; priorities come from a fixed sequence, so equal histories build equal trees.
 *
 * @param <T> the items, told apart by {@code equals}
 */
public final class RangeIndex<T> {
    private final Map<String, Set<T>> singles = new HashMap<>();
    private @Nullable Node<T> root;
    private long added;
    private int size;

    /** Creates an empty index. */
    public RangeIndex() {}

    /**
     * Returns the number of items, counting one for each range that it was added with.
     *
     * @return the size
     */
    public int size() {
        return size;
    }

    /**
     * Adds an item.
     *
     * @param range the keys that the item is for
     * @param item the item
     * @return false if it was there with this range already
     */
    public boolean add(KeyRange range, T item) {
        Set<T> items =
                range.isSingleKey() ? singles.computeIfAbsent(range.from(), key -> newItems()) : nodeFor(range).items;
        boolean isNew = items.add(item);
        size += isNew ? 1 : 0;
        return isNew;
    }

    /**
     * Removes an item.
     *
     * @param range the range that the item was added with
     * @param item the item
     * @return false if it was not there with this range
     */
    public boolean remove(KeyRange range, T item) {
        boolean removed = range.isSingleKey() ? removeSingle(range.from(), item) : removeWider(range, item);
        size -= removed ? 1 : 0;
        return removed;
    }

    private boolean removeSingle(String key, T item) {
        Set<T> items = singles.get(key);
        if (items == null || !items.remove(item)) {
            return false;
        }
        if (items.isEmpty()) {
            singles.remove(key);
        }
        return true;
    }

    private boolean removeWider(KeyRange range, T item) {
        Node<T> node = find(range);
        if (node == null || !node.items.remove(item)) {
            return false;
        }
        if (node.items.isEmpty()) {
            root = without(root, range);
        }
        return true;
    }

    /**
     * Visits the items whose range holds a key. The index must not be changed meanwhile.
     *
     * @param key the key
     * @param action takes the items, one added with several such ranges as often
     */
    public void forEachMatching(String key, Consumer<? super T> action) {
        Set<T> items = singles.get(key);
        if (items != null) {
            items.forEach(action);
        }
        visit(root, key, action);
    }

    private static <T> void visit(@Nullable Node<T> top, String key, Consumer<? super T> action) {
        Node<T> node = top;
        while (node != null && endsAfter(node.lastEnd, key)) {
            visit(node.left, key, action);
            if (Keys.compare(node.range.from(), key) > 0) {
                return;
            }
            if (endsAfter(node.range.to(), key)) {
                node.items.forEach(action);
            }
            node = node.right;
        }
    }

    private static boolean endsAfter(@Nullable String end, String key) {
        return end == null || Keys.compare(key, end) < 0;
    }

    private @Nullable Node<T> find(KeyRange range) {
        Node<T> node = root;
        while (node != null) {
            int compared = compare(range, node.range);
            if (compared == 0) {
                return node;
            }
            node = compared < 0 ? node.left : node.right;
        }
        return null;
    }

    private Node<T> nodeFor(KeyRange range) {
        Node<T> node = find(range);
        if (node == null) {
            node = new Node<>(range, priority(added++));
            root = with(root, node);
        }
        return node;
    }

    private static <T> Node<T> with(@Nullable Node<T> top, Node<T> added) {
        if (top == null) {
            return added;
        }
        if (compare(added.range, top.range) < 0) {
            Node<T> left = with(top.left, added);
            top.left = left;
            if (left.priority > top.priority) {
                top.left = left.right;
                left.right = top.updated();
                return left.updated();
            }
        } else {
            Node<T> right = with(top.right, added);
            top.right = right;
            if (right.priority > top.priority) {
                top.right = right.left;
                right.left = top.updated();
                return right.updated();
            }
        }
        return top.updated();
    }

    private static <T> @Nullable Node<T> without(@Nullable Node<T> top, KeyRange range) {
        if (top == null) {
            return null;
        }
        int compared = compare(range, top.range);
        if (compared == 0) {
            return join(top.left, top.right);
        }
        if (compared < 0) {
            top.left = without(top.left, range);
        } else {
            top.right = without(top.right, range);
        }
        return top.updated();
    }

    private static <T> @Nullable Node<T> join(@Nullable Node<T> left, @Nullable Node<T> right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        if (left.priority > right.priority) {
            left.right = join(left.right, right);
            return left.updated();
        }
        right.left = join(left, right.left);
        return right.updated();
    }

    private static int compare(KeyRange a, KeyRange b) {
        int byStart = Keys.compare(a.from(), b.from());
        return byStart != 0 ? byStart : compareEnds(a.to(), b.to());
    }

    private static int compareEnds(@Nullable String a, @Nullable String b) {
        if (a == null || b == null) {
            return Boolean.compare(a == null, b == null);
        }
        return Keys.compare(a, b);
    }

    // Scatters consecutive numbers over all longs, one to one.
    private static long priority(long number) {
        long mixed = (number + 1) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
        return mixed ^ (mixed >>> 32);
    }

    // Most ranges have one item; a set keeps removal cheap for those that have thousands.
    private static <T> Set<T> newItems() {
        return new LinkedHashSet<>(2);
    }

    /** Checks the order, the heap and the ends; for tests. Returns the height. */
    int checkInvariants() {
        return check(root);
    }

    private static <T> int check(@Nullable Node<T> node) {
        if (node == null) {
            return 0;
        }
        String lastEnd = node.lastEnd;
        Node<T> left = node.left;
        Node<T> right = node.right;
        boolean ordered = (left == null || compare(left.range, node.range) < 0)
                && (right == null || compare(node.range, right.range) < 0);
        boolean heaped =
                (left == null || left.priority < node.priority) && (right == null || right.priority < node.priority);
        int height = 1 + Math.max(check(left), check(right));
        if (!ordered || !heaped || node.items.isEmpty() || compareEnds(node.updated().lastEnd, lastEnd) != 0) {
            throw new IllegalStateException("broken tree at " + node.range);
        }
        return height;
    }

    private static final class Node<T> {
        final KeyRange range;
        final long priority;
        final Set<T> items = newItems();

        @Nullable
        Node<T> left;

        @Nullable
        Node<T> right;
        /** The last end in this subtree; null if there is one without end. */
        @Nullable
        String lastEnd;

        Node(KeyRange range, long priority) {
            this.range = range;
            this.priority = priority;
            this.lastEnd = range.to();
        }

        Node<T> updated() {
            lastEnd = range.to();
            if (left != null && compareEnds(left.lastEnd, lastEnd) > 0) {
                lastEnd = left.lastEnd;
            }
            if (right != null && compareEnds(right.lastEnd, lastEnd) > 0) {
                lastEnd = right.lastEnd;
            }
            return this;
        }
    }
}
