package dev.coord.recipes.mirror;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.Codec;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a mirror held at one revision: every key of the range that could be decoded, in key order. Immutable, and stays
 * whole however the mirror goes on; snapshots share what they have in common. Local; nothing here waits. Safe for use by
 * any thread.
 *
 * @param <V> the values
 */
public final class MirrorSnapshot<V> {
    private final long revision;
    private final OrderedTree<MirrorEntry<V>> tree;
    private final OrderedTree<Undecodable> leftOut;

    MirrorSnapshot(long revision, OrderedTree<MirrorEntry<V>> tree, OrderedTree<Undecodable> leftOut) {
        this.revision = revision;
        this.tree = tree;
        this.leftOut = leftOut;
    }

    static <V> MirrorSnapshot<V> empty() {
        return new MirrorSnapshot<>(0, OrderedTree.empty(), OrderedTree.empty());
    }

    /**
     * Decodes a range that was read.
     *
     * @param <V> the values
     * @param state all of a range's entries
     * @param codec decodes the values
     * @return the range at the revision that was read
     */
    public static <V> MirrorSnapshot<V> of(RangeResult state, Codec<V> codec) {
        return decode(state, codec, empty());
    }

    /** Decodes a range anew, but for entries that an earlier snapshot has decoded. */
    static <V> MirrorSnapshot<V> decode(RangeResult state, Codec<V> codec, MirrorSnapshot<V> earlier) {
        List<MirrorEntry<V>> decoded = new ArrayList<>(state.entries().size());
        List<Undecodable> refused = new ArrayList<>();
        for (Entry entry : state.entries()) {
            MirrorEntry<V> known = earlier.tree.get(entry.key());
            if (known != null && known.entry().modRevision() == entry.modRevision()) {
                decoded.add(known);
                continue;
            }
            try {
                decoded.add(new MirrorEntry<>(entry, requireNonNull(codec.decode(entry.value()), "decoded value")));
            } catch (RuntimeException e) {
                refused.add(new Undecodable(entry, e));
            }
        }
        return new MirrorSnapshot<>(
                state.revision(),
                OrderedTree.ofSorted(decoded, MirrorEntry::key),
                OrderedTree.ofSorted(refused, undecodable -> undecodable.entry().key()));
    }

    /** The same keys at a later revision, up to which nothing of the range has changed. */
    MirrorSnapshot<V> at(long later) {
        return new MirrorSnapshot<>(later, tree, leftOut);
    }

    OrderedTree<MirrorEntry<V>> tree() {
        return tree;
    }

    OrderedTree<Undecodable> undecodable() {
        return leftOut;
    }

    /**
     * Tells whether nothing was written between two snapshots of a mirror, so that what was derived from one still serves
     * for the other. Takes constant time.
     *
     * @param other another snapshot of the same mirror
     * @return true if both hold the same writes, perhaps at different revisions; false also if they were read separately
     */
    public boolean sharesAllWith(MirrorSnapshot<V> other) {
        return tree == other.tree && leftOut == other.leftOut;
    }

    /**
     * Returns the revision of the store that this is the state of. Everything in the range that was committed up to it is
     * here, and nothing later.
     *
     * @return the revision
     */
    public long revision() {
        return revision;
    }

    /**
     * Returns a value.
     *
     * @param key the key
     * @return its value, empty if the key is absent or left out
     */
    public Optional<V> get(String key) {
        return entry(key).map(MirrorEntry::value);
    }

    /**
     * Returns a value with what the store knows of its key.
     *
     * @param key the key
     * @return its entry, empty if the key is absent or left out
     */
    public Optional<MirrorEntry<V>> entry(String key) {
        return Optional.ofNullable(tree.get(requireNonNull(key, "key")));
    }

    /**
     * Returns how many keys there are, without those left out.
     *
     * @return 0 or more
     */
    public int size() {
        return tree.size();
    }

    /**
     * Tells whether there are none.
     *
     * @return true if {@link #size()} is 0
     */
    public boolean isEmpty() {
        return size() == 0;
    }

    /**
     * Returns all values by their keys.
     *
     * @return an unmodifiable view in key order ({@link Keys#ORDER}), made in constant time
     */
    public Map<String, V> values() {
        return tree.asMap(MirrorEntry::value);
    }

    /**
     * Returns all entries by their keys.
     *
     * @return an unmodifiable view in key order ({@link Keys#ORDER}), made in constant time
     */
    public Map<String, MirrorEntry<V>> entries() {
        return tree.asMap(entry -> entry);
    }

    /**
     * Returns the entries of a part of the range.
     *
     * @param part the keys
     * @return their entries in key order, found in log n steps and one for each
     */
    public List<MirrorEntry<V>> entries(KeyRange part) {
        List<MirrorEntry<V>> found = new ArrayList<>();
        Iterator<MirrorEntry<V>> from = tree.iterator(part.from());
        while (from.hasNext()) {
            MirrorEntry<V> entry = from.next();
            if (!part.contains(entry.key())) {
                break;
            }
            found.add(entry);
        }
        return List.copyOf(found);
    }

    /**
     * Returns the entries that could not be decoded.
     *
     * @return an unmodifiable view in key order
     */
    public Map<String, Undecodable> leftOut() {
        return leftOut.asMap(undecodable -> undecodable);
    }

    /**
     * Returns what has changed since an earlier snapshot of the same range: of each key the net change, if it was written
     * in between.
     *
     * @param earlier the snapshot to compare with
     * @return the changes in key order; takes a step for each key of both
     */
    public List<MirrorChange<V>> changesSince(MirrorSnapshot<V> earlier) {
        List<MirrorChange<V>> changes = new ArrayList<>();
        Iterator<MirrorEntry<V>> olds = earlier.tree.iterator(null);
        Iterator<MirrorEntry<V>> news = tree.iterator(null);
        MirrorEntry<V> old = next(olds);
        MirrorEntry<V> now = next(news);
        while (old != null || now != null) {
            int order = compare(old, now);
            MirrorEntry<V> before = order <= 0 ? old : null;
            MirrorEntry<V> after = order >= 0 ? now : null;
            if (isChange(before, after)) {
                changes.add(new MirrorChange<>(
                        requireNonNull(after != null ? after : before).key(), after, before));
            }
            old = order <= 0 ? next(olds) : old;
            now = order >= 0 ? next(news) : now;
        }
        return List.copyOf(changes);
    }

    private static <T> @Nullable T next(Iterator<T> items) {
        return items.hasNext() ? items.next() : null;
    }

    private static int compare(@Nullable MirrorEntry<?> old, @Nullable MirrorEntry<?> now) {
        if (old == null || now == null) {
            return old == null ? 1 : -1;
        }
        return Keys.compare(old.key(), now.key());
    }

    private static boolean isChange(@Nullable MirrorEntry<?> before, @Nullable MirrorEntry<?> after) {
        return before == null
                || after == null
                || before.entry().modRevision() != after.entry().modRevision();
    }

    @Override
    public String toString() {
        return "MirrorSnapshot(revision " + revision + ", " + size() + " keys)";
    }
}
