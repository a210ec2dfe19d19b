package dev.coord.recipes.causality;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A version vector: for each replica how many of its updates to one object are contained (Parker et al. 1983). It
 * looks like a {@link VectorClock}, but counts updates and not events: copies that are exchanged and merged change nothing, so
 * that two replicas which have the same updates have {@linkplain Causality#EQUAL equal} vectors. Concurrent vectors are a
 * conflict.
 *
 * <p>It stands for a set of {@linkplain Dot dots}, those up to each count. Which of these still matter tells
 * {@link Siblings}.
 *
 * <p>Immutable; costs as for a {@link VectorClock}, but entries of replicas, which are few, instead of clients, which are many.
 */
public final class VersionVector implements PartiallyOrdered<VersionVector> {
    private static final VersionVector EMPTY = new VersionVector(Counters.NONE);

    private final Counters counters;

    private VersionVector(Counters counters) {
        this.counters = counters;
    }

    /**
     * Returns the vector that contains no update.
     *
     * @return the least of all
     */
    public static VersionVector empty() {
        return EMPTY;
    }

    /**
     * Returns a vector of given entries.
     *
     * @param entries positive counts by replica
     * @return the vector
     * @throws IllegalArgumentException if a count is not positive or a name not as {@link #increment} wants it
     */
    public static VersionVector of(Map<String, Long> entries) {
        return new VersionVector(Counters.of(new TreeMap<>(entries)));
    }

    /**
     * Counts an update of a replica (Parker et al. 1983: each update increments the entry of the site where it is made).
     *
     * @param replica where it is made: 1 to 64 ASCII letters, digits, '.', '_' or '-', a letter or digit first
     * @return the vector after the update
     * @throws IllegalStateException if the replica counts {@code Long.MAX_VALUE} already
     */
    public VersionVector increment(String replica) {
        return new VersionVector(counters.increment(replica));
    }

    /**
     * Joins two vectors: the maximum of each entry, which is the least vector that contains both.
     *
     * @param other another vector of the same object
     * @return the join
     */
    public VersionVector merge(VersionVector other) {
        return new VersionVector(counters.merge(other.counters));
    }

    /**
     * Returns how many updates of a replica are contained.
     *
     * @param replica its name
     * @return its entry, 0 if it has none
     */
    public long get(String replica) {
        return counters.get(replica);
    }

    /**
     * Tells whether an update is contained.
     *
     * @param dot which one
     * @return true if so
     */
    public boolean contains(Dot dot) {
        return dot.counter() <= get(dot.replica());
    }

    /**
     * Returns the entries.
     *
     * @return a copy, positive counts by replica, which cannot be modified
     */
    public SortedMap<String, Long> entries() {
        return counters.toMap();
    }

    @Override
    public Causality compare(VersionVector other) {
        return counters.compare(other.counters);
    }

    ClockWriter writeTo(ClockWriter out) {
        return counters.writeTo(out);
    }

    static VersionVector read(ClockReader in) {
        return new VersionVector(Counters.read(in));
    }

    static VersionVector parse(TextReader in) {
        return new VersionVector(Counters.parse(in));
    }

    /**
     * Returns the binary form.
     *
     * @return a byte of kind and version, the number of entries, each its name and count
     */
    public byte[] toBytes() {
        return writeTo(new ClockWriter(Form.VERSION_VECTOR)).done();
    }

    /**
     * Reads the binary form.
     *
     * @param bytes what {@link #toBytes} returned
     * @return an equal vector
     * @throws MalformedClockException if they are anything else
     */
    public static VersionVector fromBytes(byte[] bytes) {
        ClockReader in = new ClockReader(Form.VERSION_VECTOR, bytes);
        VersionVector vector = read(in);
        in.end();
        return vector;
    }

    /**
     * Reads the text form.
     *
     * @param text such as <code>{a:3,b:1}</code>
     * @return the vector of which it is the {@link #toString}
     * @throws MalformedClockException if it is anything else
     */
    public static VersionVector parse(String text) {
        TextReader in = new TextReader(Form.VERSION_VECTOR, text);
        VersionVector vector = parse(in);
        in.end();
        return vector;
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof VersionVector other && counters.equals(other.counters);
    }

    @Override
    public int hashCode() {
        return counters.hashCode();
    }

    /** Returns the text form, such as <code>{a:3,b:1}</code>, entries in the order of their names. */
    @Override
    public String toString() {
        return counters.toString();
    }
}
