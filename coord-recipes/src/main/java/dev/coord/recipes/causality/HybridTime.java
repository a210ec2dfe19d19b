package dev.coord.recipes.causality;

/**
 * A stamp of a {@link HybridClock}: milliseconds, near to the wall clock's, and a counter for what has the same milliseconds
 * (Kulkarni et al. 2014: <i>l</i> and <i>c</i>). Ordered by both, which agrees with happened-before; like a Lamport stamp it does
 * not tell what is concurrent, so {@link #compare} never gives {@link Causality#CONCURRENT}. Two processes may make equal stamps:
 * where these must differ, add the process.
 *
 * <p>Immutable. Eight bytes as {@link #toLong}, which orders as the stamps do.
 *
 * @param millis since the epoch of 1970; 0 to {@link #MAX_MILLIS}
 * @param counter 0 to {@link #MAX_COUNTER}
 */
public record HybridTime(long millis, int counter) implements PartiallyOrdered<HybridTime>, Comparable<HybridTime> {
    /** The greatest milliseconds, 47 bits of them: in the year 6429. */
    public static final long MAX_MILLIS = (1L << 47) - 1;
    /** The greatest counter, of 16 bits as the paper proposes. */
    public static final int MAX_COUNTER = (1 << 16) - 1;

    private static final int COUNTER_BITS = 16;

    /**
     * Creates a stamp.
     *
     * @throws IllegalArgumentException if either is out of its bounds
     */
    public HybridTime {
        if (millis < 0 || millis > MAX_MILLIS || counter < 0 || counter > MAX_COUNTER) {
            throw new IllegalArgumentException("a stamp of " + millis + " ms and counter " + counter
                    + "; they are 0 to " + MAX_MILLIS + " and 0 to " + MAX_COUNTER);
        }
    }

    /**
     * Returns the stamp as one number.
     *
     * @return not negative; orders as the stamps do
     */
    public long toLong() {
        return (millis << COUNTER_BITS) | counter;
    }

    /**
     * Returns the stamp of a number.
     *
     * @param number what {@link #toLong} returned
     * @return the stamp
     * @throws IllegalArgumentException if it is negative
     */
    public static HybridTime ofLong(long number) {
        return new HybridTime(number >> COUNTER_BITS, (int) (number & MAX_COUNTER));
    }

    @Override
    public Causality compare(HybridTime other) {
        return Causality.ofSign(compareTo(other));
    }

    @Override
    public int compareTo(HybridTime other) {
        return Long.compare(toLong(), other.toLong());
    }

    /**
     * Returns the binary form.
     *
     * @return a byte of kind and version, the milliseconds, the counter
     */
    public byte[] toBytes() {
        return new ClockWriter(Form.HYBRID_TIME).number(millis).number(counter).done();
    }

    /**
     * Reads the binary form.
     *
     * @param bytes what {@link #toBytes} returned
     * @return an equal stamp
     * @throws MalformedClockException if they are anything else
     */
    public static HybridTime fromBytes(byte[] bytes) {
        ClockReader in = new ClockReader(Form.HYBRID_TIME, bytes);
        long millis = in.number();
        long counter = in.number();
        if (millis > MAX_MILLIS || counter > MAX_COUNTER) {
            throw in.malformed(1, millis + " ms and counter " + counter + " are out of bounds");
        }
        in.end();
        return new HybridTime(millis, (int) counter);
    }

    /**
     * Reads the text form.
     *
     * @param text such as {@code 1732645320000+3}
     * @return the stamp of which it is the {@link #toString}
     * @throws MalformedClockException if it is anything else
     */
    public static HybridTime parse(String text) {
        TextReader in = new TextReader(Form.HYBRID_TIME, text);
        long millis = in.number();
        in.expect('+');
        long counter = in.number();
        if (millis > MAX_MILLIS || counter > MAX_COUNTER) {
            throw in.malformed(0, millis + " ms and counter " + counter + " are out of bounds");
        }
        in.end();
        return new HybridTime(millis, (int) counter);
    }

    /** Returns the text form, the milliseconds and the counter, such as {@code 1732645320000+3}. */
    @Override
    public String toString() {
        return millis + "+" + counter;
    }
}
