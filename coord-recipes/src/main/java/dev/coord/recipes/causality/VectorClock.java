package dev.coord.recipes.causality;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A vector clock: for each process how many of its events are known (Fidge 1988, Mattern 1989). A process stamps each of its
 * events with {@link #tick}, sends the stamp with its messages, and stamps the receipt with {@link #receive}. Then a stamp is
 * before another exactly if its event happened before the other's (Fidge 1988, Mattern 1989).
 *
 * <p><b>Costs.</b> An entry for each process that ever ticked, in memory a reference and eight bytes, in binary form the name
 * and one to ten bytes. Entries are never dropped, as that could make an old stamp look concurrent: where processes come and go
 * use an {@link IntervalTreeClock}. Comparing takes one step for each entry.
 *
 * <p>Immutable. Each process must tick its own entry only, and no two events the same: keep the current clock in a confined field
 * or an {@code AtomicReference}.
 */
public final class VectorClock implements PartiallyOrdered<VectorClock> {
    private static final VectorClock EMPTY = new VectorClock(Counters.NONE);

    private final Counters counters;

    private VectorClock(Counters counters) {
        this.counters = counters;
    }

    /**
     * Returns the clock that knows of no event.
     *
     * @return the least of all
     */
    public static VectorClock empty() {
        return EMPTY;
    }

    /**
     * Returns a clock of given entries.
     *
     * @param entries positive counts by process
     * @return the clock
     * @throws IllegalArgumentException if a count is not positive or a name not as {@link #tick} wants it
     */
    public static VectorClock of(Map<String, Long> entries) {
        return new VectorClock(Counters.of(new TreeMap<>(entries)));
    }

    /**
     * Stamps the next event of a process (Mattern 1989: the process counts its own events).
     *
     * @param process whose event it is: 1 to 64 ASCII letters, digits, '.', '_' or '-', a letter or digit first
     * @return the stamp, after this
     * @throws IllegalStateException if the process counts {@code Long.MAX_VALUE} already
     */
    public VectorClock tick(String process) {
        return new VectorClock(counters.increment(process));
    }

    /**
     * Joins two clocks: the maximum of each entry, which is the least clock that is not below either.
     *
     * @param other another clock
     * @return the join
     */
    public VectorClock merge(VectorClock other) {
        return new VectorClock(counters.merge(other.counters));
    }

    /**
     * Stamps the receipt of a message: what was known here and there, and the receipt itself.
     *
     * @param process who receives
     * @param sent the stamp that came with the message
     * @return the stamp of the receipt
     */
    public VectorClock receive(String process, VectorClock sent) {
        return merge(sent).tick(process);
    }

    /**
     * Returns how many events of a process are known.
     *
     * @param process its name
     * @return its entry, 0 if it has none
     */
    public long get(String process) {
        return counters.get(process);
    }

    /**
     * Returns the entries.
     *
     * @return a copy, positive counts by process, which cannot be modified
     */
    public SortedMap<String, Long> entries() {
        return counters.toMap();
    }

    @Override
    public Causality compare(VectorClock other) {
        return counters.compare(other.counters);
    }

    /**
     * Returns the binary form.
     *
     * @return a byte of kind and version, the number of entries, each its name and count
     */
    public byte[] toBytes() {
        return counters.writeTo(new ClockWriter(Form.VECTOR_CLOCK)).done();
    }

    /**
     * Reads the binary form.
     *
     * @param bytes what {@link #toBytes} returned
     * @return an equal clock
     * @throws MalformedClockException if they are anything else
     */
    public static VectorClock fromBytes(byte[] bytes) {
        ClockReader in = new ClockReader(Form.VECTOR_CLOCK, bytes);
        VectorClock clock = new VectorClock(Counters.read(in));
        in.end();
        return clock;
    }

    /**
     * Reads the text form.
     *
     * @param text such as <code>{p:3,q:1}</code>
     * @return the clock of which it is the {@link #toString}
     * @throws MalformedClockException if it is anything else
     */
    public static VectorClock parse(String text) {
        TextReader in = new TextReader(Form.VECTOR_CLOCK, text);
        VectorClock clock = new VectorClock(Counters.parse(in));
        in.end();
        return clock;
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof VectorClock other && counters.equals(other.counters);
    }

    @Override
    public int hashCode() {
        return counters.hashCode();
    }

    /** Returns the text form, such as <code>{p:3,q:1}</code>, entries in the order of their names. */
    @Override
    public String toString() {
        return counters.toString();
    }
}
