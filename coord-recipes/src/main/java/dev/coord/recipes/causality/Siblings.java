package dev.coord.recipes.causality;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What one replica has of one object: the values that no known update overwrites, each with its {@linkplain Dot dot}, and a
 * version vector of all updates known, overwritten ones included. Several values are <i>siblings</i>: writes that did not know of
 * each other. The rules are those of dotted version vector sets (Almeida et al. 2014): a value goes only when it is
 * overwritten by somebody who had read it, never because of the order in which copies are exchanged.
 *
 * <p>A client reads {@link #values} and {@link #context}, and gives the context back with {@link #put}: what it had read is
 * overwritten. Replicas exchange whole copies and {@link #merge} them, in any order and as often as they like; the siblings are
 * then exactly the writes that are concurrent.
 *
 * <p><b>Contract.</b> A replica makes updates only on its own latest copy. One that loses its copy must come back under another
 * name, for a dot that was used twice names two values.
 *
 * <p><b>Costs.</b> One version vector for the object, and a name and a number for each sibling. Siblings are bounded by nothing but
 * the clients' habit of reading before they write.
 *
 * <p>Immutable. Equal if the known updates are, and the values at equal dots.
 *
 * @param <V> the values; immutable, and comparable by {@code equals} if the siblings are to be
 */
public final class Siblings<V> implements PartiallyOrdered<Siblings<V>> {
    private static final int LEAST_BYTES = 4;

    private final VersionVector known;
    private final NavigableMap<Dot, V> values;

    private Siblings(VersionVector known, NavigableMap<Dot, V> values) {
        this.known = known;
        this.values = values;
    }

    /**
     * Returns an object that was never written.
     *
     * @param <V> its values
     * @return no values, and nothing known
     */
    public static <V> Siblings<V> none() {
        return new Siblings<>(VersionVector.empty(), new TreeMap<>());
    }

    /**
     * Returns the stamp of an update that is to be made here and now.
     *
     * @param replica whose copy this is
     * @param context what the writer had read; empty if nothing
     * @return a stamp that {@link #put(DottedVersionVector, Object)} of this copy takes
     */
    public DottedVersionVector next(String replica, VersionVector context) {
        Dot dot = new Dot(replica, known.merge(context).increment(replica).get(replica));
        return new DottedVersionVector(dot, context);
    }

    /**
     * Writes a value at this replica.
     *
     * @param replica whose copy this is
     * @param context what the writer had read, which is overwritten; empty if nothing
     * @param value what it writes
     * @return the copy after the update
     */
    public Siblings<V> put(String replica, VersionVector context, V value) {
        return put(next(replica, context), value);
    }

    /**
     * Takes an update, made here or at another replica whose earlier updates are known here. One that is known already changes
     * nothing.
     *
     * @param update its stamp
     * @param value what was written
     * @return the copy after the update
     * @throws IllegalArgumentException if an earlier update of the same replica is neither known here nor overwritten by this
     *     one: take that first, or merge a whole copy
     */
    public Siblings<V> put(DottedVersionVector update, V value) {
        if (known.contains(update.dot())) {
            return this;
        }
        VersionVector before = known.merge(update.past());
        String replica = update.dot().replica();
        if (before.get(replica) + 1 != update.dot().counter()) {
            throw new IllegalArgumentException("update " + update.dot() + " where only " + before.get(replica) + " of "
                    + replica + " are known; take those in between first, or merge a whole copy");
        }
        NavigableMap<Dot, V> kept = without(update.past());
        kept.put(update.dot(), value);
        return new Siblings<>(before.increment(replica), kept);
    }

    /**
     * Removes what a client had read, and keeps what was written meanwhile. The updates stay known, so that they do not return
     * with another replica's copy.
     *
     * @param context what it had read
     * @return the copy without the values of these dots
     */
    public Siblings<V> prune(VersionVector context) {
        return new Siblings<>(known.merge(context), without(context));
    }

    private NavigableMap<Dot, V> without(VersionVector overwritten) {
        NavigableMap<Dot, V> kept = new TreeMap<>(values);
        kept.keySet().removeIf(overwritten::contains);
        return kept;
    }

    /**
     * Joins two copies: of each the values that the other has too or has not heard of yet. A value that the other knows of and has
     * no more was overwritten there.
     *
     * @param other another copy of the same object
     * @return the least copy that is not below either
     */
    public Siblings<V> merge(Siblings<V> other) {
        NavigableMap<Dot, V> kept = new TreeMap<>();
        keep(this, other, kept);
        keep(other, this, kept);
        return new Siblings<>(known.merge(other.known), kept);
    }

    private static <V> void keep(Siblings<V> from, Siblings<V> other, NavigableMap<Dot, V> kept) {
        from.values.forEach((dot, value) -> {
            if (other.values.containsKey(dot) || !other.known.contains(dot)) {
                kept.put(dot, value);
            }
        });
    }

    /**
     * Returns what a client that reads now has read.
     *
     * @return all known updates, to be given back with the next write
     */
    public VersionVector context() {
        return known;
    }

    /**
     * Returns the values.
     *
     * @return none if nothing was written or all removed, one, or siblings in the order of their dots
     */
    public List<V> values() {
        return List.copyOf(values.values());
    }

    /**
     * Returns the values with the names of their updates.
     *
     * @return values by dot, which cannot be modified
     */
    public SortedMap<Dot, V> versions() {
        return Collections.unmodifiableSortedMap(values);
    }

    /** Compares what the copies contain: before means that the other has every update that this one has, and more. */
    @Override
    public Causality compare(Siblings<V> other) {
        return Causality.of(isContained(this, other), isContained(other, this));
    }

    /** Whether a merge would add nothing to the greater: it knows all, and has no value that was overwritten in the lesser. */
    private static <V> boolean isContained(Siblings<V> lesser, Siblings<V> greater) {
        if (!lesser.known.isAtMost(greater.known)) {
            return false;
        }
        for (Dot dot : greater.values.keySet()) {
            if (lesser.known.contains(dot) && !lesser.values.containsKey(dot)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the binary form.
     *
     * @param value writes a value
     * @return a byte of kind and version, the known updates, the number of values, each its dot's name and number, its length and
     *     bytes
     */
    public byte[] toBytes(Function<? super V, byte[]> value) {
        ClockWriter out = known.writeTo(new ClockWriter(Form.SIBLINGS)).number(values.size());
        values.forEach((dot, written) -> dot.writeTo(out).block(value.apply(written)));
        return out.done();
    }

    /**
     * Reads the binary form.
     *
     * @param <V> the values
     * @param bytes what {@link #toBytes} returned
     * @param value reads a value; what it throws is thrown
     * @return an equal copy
     * @throws MalformedClockException if the bytes are anything else
     */
    public static <V> Siblings<V> fromBytes(byte[] bytes, Function<byte[], ? extends V> value) {
        ClockReader in = new ClockReader(Form.SIBLINGS, bytes);
        VersionVector known = VersionVector.read(in);
        int size = in.count(LEAST_BYTES);
        NavigableMap<Dot, V> values = new TreeMap<>();
        List<byte[]> blocks = new ArrayList<>();
        List<Dot> dots = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int start = in.at();
            Dot dot = Dot.read(in);
            if (!known.contains(dot)) {
                throw in.malformed(start, "update " + dot + " is not among the known " + known);
            }
            if (i > 0 && dot.compareTo(dots.get(i - 1)) <= 0) {
                throw in.malformed(start, "update " + dot + " after " + dots.get(i - 1) + "; they ascend");
            }
            dots.add(dot);
            blocks.add(in.block());
        }
        in.end();
        for (int i = 0; i < size; i++) {
            values.put(dots.get(i), value.apply(blocks.get(i)));
        }
        return new Siblings<>(known, values);
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof Siblings<?> other && known.equals(other.known) && values.equals(other.values);
    }

    @Override
    public int hashCode() {
        return 31 * known.hashCode() + values.hashCode();
    }

    /** Returns text for logs, such as <code>{a:3,b:1}[a:3=x, b:1=y]</code>. It has no parser, as the values' text is their own. */
    @Override
    public String toString() {
        return known.toString() + values.toString().replace('{', '[').replace('}', ']');
    }
}
