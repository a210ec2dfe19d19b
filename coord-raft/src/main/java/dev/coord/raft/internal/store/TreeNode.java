package dev.coord.raft.internal.store;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A node of the B+-tree behind {@link PersistentMap}. Leaves and branches share one layout: {@code keys[i]} goes with
 * {@code slots[i]}, which is a value in a leaf and a child in a branch. In a branch {@code keys[i]} is above every key
 * of child {@code i - 1} and not above any key of child {@code i}; {@code keys[0]} means nothing and may be stale.
 *
 * <p>Invariant: all leaves are equally deep; a node has at most {@link #WIDTH} slots and, unless it is the root or lies
 * on the right edge, at least {@link #LEAST}; on the right edge it has at least one; a root that is a branch has two.
 * The right edge is exempt so that appending leaves full nodes behind.
 *
 * <p>A node may be changed only by the builder whose token it carries, until that builder publishes it.
 */
final class TreeNode extends KeyRow {
    static final int LEAST = 10;

    private static final TreeNode EMPTY = new TreeNode(null, true, false, new Object[0], new Object[0], 0, 0);
    private static final TreeNode EMPTY_HINTED = new TreeNode(null, true, true, new Object[0], new Object[0], 0, 0);

    final @Nullable Object owner;
    final boolean leaf;

    @Nullable
    Object[] slots;
    /** The entries in this subtree. */
    int size;

    /** Creates a node of a slice of keys and slots. */
    private TreeNode(
            @Nullable Object owner,
            boolean leaf,
            boolean hinted,
            @Nullable Object[] keys,
            @Nullable Object[] slots,
            int from,
            int to) {
        super(leaf ? 0 : 1, hinted, keys, from, to);
        this.owner = owner;
        this.leaf = leaf;
        this.slots = slice(slots, from, to);
        sumSizes();
    }

    /** Creates a node of a slice of another. */
    private TreeNode(@Nullable Object owner, TreeNode other, int from, int to) {
        super(other, from, to);
        this.owner = owner;
        leaf = other.leaf;
        slots = slice(other.slots, from, to);
        sumSizes();
    }

    private TreeNode(Object owner, TreeNode original) {
        super(original);
        this.owner = owner;
        leaf = original.leaf;
        slots = Arrays.copyOf(original.slots, capacityFor(count));
        size = original.size;
    }

    /** Returns the root of a tree without entries. */
    static TreeNode empty(Comparator<?> order) {
        return KeyHint.fits(order) ? EMPTY_HINTED : EMPTY;
    }

    /** Returns a new root above two nodes. */
    static TreeNode root(Object owner, TreeNode left, TreeNode right) {
        Object[] keys = {null, right.keys[0]};
        Object[] slots = {left, right};
        return new TreeNode(owner, false, left.isHinted(), keys, slots, 0, 2);
    }

    /** Returns this node if the owner may change it, else a copy that it may change. */
    TreeNode ownedBy(Object token) {
        return owner == token ? this : new TreeNode(token, this);
    }

    TreeNode child(int index) {
        return (TreeNode) requireNonNull(slots[index]);
    }

    TreeNode firstLeaf() {
        TreeNode node = this;
        while (!node.leaf) {
            node = node.child(0);
        }
        return node;
    }

    TreeNode lastLeaf() {
        TreeNode node = this;
        while (!node.leaf) {
            node = node.child(node.count - 1);
        }
        return node;
    }

    /** Returns the leaf that the key belongs to. */
    TreeNode leafOf(Comparator<Object> order, Object key) {
        TreeNode node = this;
        while (!node.leaf) {
            node = node.child(node.childIndex(order, key));
        }
        return node;
    }

    /** Returns a leaf that can be expected to be that of the key; what is found there may not be certain. */
    TreeNode guessLeafOf(Comparator<Object> order, Object key) {
        TreeNode node = this;
        while (!node.leaf) {
            node = node.child(childIndex(node.guess(order, key)));
        }
        return node;
    }

    /** Returns the index of the child that the key belongs to. */
    int childIndex(Comparator<Object> order, Object key) {
        return childIndex(find(order, key));
    }

    private static int childIndex(int found) {
        return found < 0 ? -2 - found : found;
    }

    /** Returns how many of this leaf's keys sort before the key. */
    int countBelow(Comparator<Object> order, Object key) {
        int found = find(order, key);
        return found < 0 ? -1 - found : found;
    }

    /**
     * Inserts a slot, splitting this node if it is full. The sizes of branches must be right already, except this
     * node's own.
     *
     * @return the new right neighbour if this node was split, whose {@code keys[0]} separates the two
     */
    @Nullable
    TreeNode insertOrSplit(int index, Object key, Object slot, boolean rightEdge) {
        if (count < WIDTH) {
            insert(index, key, slot);
            return null;
        }
        int stay = staying(index, rightEdge);
        boolean toLeft = index < stay;
        int cut = toLeft ? stay - 1 : stay;
        TreeNode right = new TreeNode(owner, this, cut, WIDTH);
        truncate(cut);
        if (toLeft) {
            insert(index, key, slot);
        } else {
            right.insert(index - cut, key, slot);
        }
        sumSizes();
        right.sumSizes();
        return right;
    }

    // Splitting just behind the new key lets runs of ascending keys leave well filled nodes behind.
    private static int staying(int index, boolean rightEdge) {
        if (index == WIDTH && rightEdge) {
            return WIDTH;
        }
        return Math.min(Math.max(index + 1, LEAST), WIDTH + 1 - LEAST);
    }

    private void insert(int index, Object key, Object slot) {
        if (count == slots.length) {
            slots = Arrays.copyOf(slots, capacityFor(count));
        }
        System.arraycopy(slots, index, slots, index + 1, count - index);
        slots[index] = slot;
        insertKey(index, key);
        if (leaf) {
            size = count;
        }
    }

    /** Removes a slot; of a branch, the size remains to be adjusted. */
    void remove(int index) {
        removeKey(index);
        System.arraycopy(slots, index + 1, slots, index, count - index);
        slots[count] = null;
        if (leaf) {
            size = count;
        }
    }

    private void truncate(int newCount) {
        if (newCount < count) {
            Arrays.fill(slots, newCount, count, null);
            keepKeys(0, newCount);
        }
    }

    private void sumSizes() {
        size = count;
        if (!leaf) {
            size = 0;
            for (int i = 0; i < count; i++) {
                size += child(i).size;
            }
        }
    }

    /** Restores the invariant of this branch after its child lost a slot. */
    void mendChild(int index) {
        TreeNode child = child(index);
        if (child.count == 0) {
            remove(index);
        } else if (child.count < LEAST && count > 1) {
            int left = Math.max(0, index - 1);
            joinOrShare(left, child(left), child(left + 1));
        }
    }

    private void joinOrShare(int index, TreeNode left, TreeNode right) {
        int total = left.count + right.count;
        Object[] allKeys = concat(left.keys, left.count, right.keys, right.count);
        Object[] allSlots = concat(left.slots, left.count, right.slots, right.count);
        if (!left.leaf) {
            allKeys[left.count] = keys[index + 1];
        }
        int cut = total <= WIDTH ? total : total / 2;
        slots[index] = new TreeNode(owner, left.leaf, isHinted(), allKeys, allSlots, 0, cut);
        if (cut == total) {
            remove(index + 1);
        } else {
            slots[index + 1] = new TreeNode(owner, left.leaf, isHinted(), allKeys, allSlots, cut, total);
            replaceKey(index + 1, allKeys[cut]);
        }
    }

    private static Object[] concat(@Nullable Object[] a, int aCount, @Nullable Object[] b, int bCount) {
        Object[] all = new Object[aCount + bCount];
        System.arraycopy(a, 0, all, 0, aCount);
        System.arraycopy(b, 0, all, aCount, bCount);
        return all;
    }

    /** Checks the invariant of the class for this subtree and returns its height. */
    int check(Comparator<Object> order, @Nullable Object from, @Nullable Object to, boolean root, boolean edge) {
        int least = root ? (leaf ? 0 : 2) : edge ? 1 : LEAST;
        verify(count >= least && count <= WIDTH, "slots", count);
        int first = leaf ? 0 : 1;
        for (int i = first; i < count; i++) {
            Object key = requireNonNull(keys[i]);
            verify(from == null || order.compare(from, key) <= 0, "key below the separator", key);
            verify(to == null || order.compare(key, to) < 0, "key above the separator", key);
            verify(i == first || order.compare(keys[i - 1], key) < 0, "key out of order", key);
        }
        verify(isHinted() == KeyHint.fits(order) && isHintedRight(), "hints", count);
        return leaf ? checkLeaf() : checkChildren(order, from, to, edge);
    }

    private int checkLeaf() {
        verify(size == count, "size", size);
        return 1;
    }

    private int checkChildren(Comparator<Object> order, @Nullable Object from, @Nullable Object to, boolean edge) {
        int height = 0;
        int sum = 0;
        for (int i = 0; i < count; i++) {
            boolean last = i == count - 1;
            int below = child(i).check(order, i == 0 ? from : keys[i], last ? to : keys[i + 1], false, edge && last);
            verify(i == 0 || below == height, "height", below);
            height = below;
            sum += child(i).size;
        }
        verify(sum == size, "size", size);
        return height + 1;
    }

    private static void verify(boolean holds, String what, Object found) {
        if (!holds) {
            throw new IllegalStateException("broken tree: " + what + " " + found);
        }
    }
}
