package dev.coord.recipes.causality;

/**
 * The stamp of one update of an object: its {@linkplain Dot dot}, and the updates that it overwrites, which are those its writer
 * had read (Preguiça et al. 2010). Two clients that write through the same replica without having read each other get stamps
 * that are concurrent, which a {@link VersionVector} incremented at the replica could not tell. An update is before another
 * exactly if the other's past contains its dot (the same paper's rule): two look-ups, whatever the number of replicas.
 *
 * <p>Stamps are made by {@link Siblings#next} and compared within one object. A dot names one update only, so stamps with the same
 * dot are {@linkplain Causality#EQUAL equal}.
 *
 * <p>Immutable. Costs a name and a number more than the version vector of the past.
 *
 * @param dot which update it is
 * @param past what its writer had read; does not contain the dot
 */
public record DottedVersionVector(Dot dot, VersionVector past) implements PartiallyOrdered<DottedVersionVector> {

    /**
     * Creates a stamp.
     *
     * @throws IllegalArgumentException if the past contains the dot: nothing overwrites itself
     */
    public DottedVersionVector {
        if (past.contains(dot)) {
            throw new IllegalArgumentException("update " + dot + " is in its own past " + past);
        }
    }

    @Override
    public Causality compare(DottedVersionVector other) {
        boolean same = dot.equals(other.dot);
        return Causality.of(same || other.past.contains(dot), same || past.contains(other.dot));
    }

    /**
     * Returns the binary form.
     *
     * @return a byte of kind and version, the dot's name and number, the past
     */
    public byte[] toBytes() {
        return past.writeTo(dot.writeTo(new ClockWriter(Form.DOTTED_VERSION_VECTOR)))
                .done();
    }

    /**
     * Reads the binary form.
     *
     * @param bytes what {@link #toBytes} returned
     * @return an equal stamp
     * @throws MalformedClockException if they are anything else
     */
    public static DottedVersionVector fromBytes(byte[] bytes) {
        ClockReader in = new ClockReader(Form.DOTTED_VERSION_VECTOR, bytes);
        Dot dot = Dot.read(in);
        int start = in.at();
        VersionVector past = VersionVector.read(in);
        if (past.contains(dot)) {
            throw in.malformed(start, "update " + dot + " is in its own past " + past);
        }
        in.end();
        return new DottedVersionVector(dot, past);
    }

    /**
     * Reads the text form.
     *
     * @param text such as <code>a:4{a:2,b:1}</code>
     * @return the stamp of which it is the {@link #toString}
     * @throws MalformedClockException if it is anything else
     */
    public static DottedVersionVector parse(String text) {
        TextReader in = new TextReader(Form.DOTTED_VERSION_VECTOR, text);
        Dot dot = Dot.parse(in);
        int start = in.at();
        VersionVector past = VersionVector.parse(in);
        if (past.contains(dot)) {
            throw in.malformed(start, "update " + dot + " is in its own past " + past);
        }
        in.end();
        return new DottedVersionVector(dot, past);
    }

    /** Returns the text form, the dot and the past, such as <code>a:4{a:2,b:1}</code>. */
    @Override
    public String toString() {
        return dot.toString() + past;
    }
}
