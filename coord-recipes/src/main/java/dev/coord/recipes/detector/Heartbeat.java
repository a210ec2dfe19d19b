package dev.coord.recipes.detector;

import java.nio.ByteBuffer;

/**
 * What a heartbeat says: who lives, for the how many-eth time it says so, and the last it has heard from the addressee.
 *
 * @param stamp the sender's
 * @param echo the greatest stamp that the sender has received from the addressee; {@link Stamp#NONE} if none
 */
record Heartbeat(Stamp stamp, Stamp echo) {
    static final int BYTES = 2 * Stamp.BYTES;

    /**
     * Numbers everything that a member ever sends: later is greater, also across its restarts.
     *
     * @param incarnation which life of the member, 1 or more
     * @param sequence which datagram of that life, 1 or more
     */
    record Stamp(long incarnation, long sequence) implements Comparable<Stamp> {
        static final int BYTES = 2 * Long.BYTES;
        static final Stamp NONE = new Stamp(0, 0);

        @Override
        public int compareTo(Stamp other) {
            int byLife = Long.compare(incarnation, other.incarnation);
            return byLife != 0 ? byLife : Long.compare(sequence, other.sequence);
        }

        private static Stamp read(ByteBuffer from) {
            return new Stamp(from.getLong(), from.getLong());
        }

        private void write(ByteBuffer to) {
            to.putLong(incarnation).putLong(sequence);
        }
    }

    byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        stamp.write(bytes);
        echo.write(bytes);
        return bytes.array();
    }

    /** Reads what {@link #toBytes()} wrote: exactly so many bytes. */
    static Heartbeat of(byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        return new Heartbeat(Stamp.read(from), Stamp.read(from));
    }
}
