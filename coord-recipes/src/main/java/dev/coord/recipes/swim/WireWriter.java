package dev.coord.recipes.swim;

import dev.coord.recipes.swim.SwimMember.State;
import java.util.Arrays;

/** Writes a message of bounded length; reused for the next. */
final class WireWriter {
    static final int VERSION = 1;

    /** No number is greater: an incarnation that is one more must still be one. */
    static final long MAX_NUMBER = 1L << 60;

    private static final int GROUP = 7;
    private static final int MAX_NUMBER_BYTES = 9;

    private byte[] buffer;
    private int limit;
    private int position;
    private long written;

    WireWriter(int limit) {
        this.buffer = new byte[limit];
        this.limit = limit;
    }

    /** Begins a message of at most so many bytes, for a process by its instance, or for {@link Message#ANYBODY}. */
    WireWriter begin(int kind, Peer self, long receiver, int most) {
        limit = most;
        if (buffer.length < most) {
            buffer = new byte[most];
        }
        position = 0;
        octet(VERSION);
        octet(kind);
        fixed(receiver);
        number(++written);
        named(self.name);
        fixed(self.instance);
        number(self.incarnation);
        return this;
    }

    WireWriter octet(int value) {
        buffer[position++] = (byte) value;
        return this;
    }

    WireWriter fixed(long value) {
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            buffer[position++] = (byte) (value >>> shift);
        }
        return this;
    }

    private void number(long value) {
        long rest = value;
        while (rest > 0x7f) {
            octet((int) (rest & 0x7f) | 0x80);
            rest >>>= GROUP;
        }
        octet((int) rest);
    }

    private void named(byte[] bytes) {
        octet(bytes.length);
        append(bytes);
    }

    private void append(byte[] bytes) {
        System.arraycopy(bytes, 0, buffer, position, bytes.length);
        position += bytes.length;
    }

    /** Whom a ping is for: no former or later self of it must answer. */
    WireWriter target(byte[] name, long instance, long incarnation) {
        named(name);
        fixed(instance);
        number(incarnation);
        return this;
    }

    /** Adds what is believed of a member, with address and metadata if asked or if it is alive; tells whether it did fit. */
    boolean update(Peer peer, boolean detailed) {
        boolean details = detailed || peer.state == State.ALIVE;
        Suspicion suspicion = peer.suspicion;
        int accusers = suspicion == null ? 0 : suspicion.count();
        int length = 1 + 1 + peer.name.length + Long.BYTES + MAX_NUMBER_BYTES + accusers * Long.BYTES;
        boolean otherDetails = details && !peer.hasOwnDetails();
        if (details) {
            length += Long.BYTES + MAX_NUMBER_BYTES + 1 + peer.addressBytes.length + Short.BYTES + peer.metadata.length;
        }
        if (limit - position < length) {
            return false;
        }
        octet(Update.head(peer.state, details, otherDetails, accusers));
        target(peer.name, peer.instance, peer.incarnation);
        for (int i = 0; suspicion != null && i < accusers; i++) {
            fixed(suspicion.accuser(i));
        }
        if (otherDetails) {
            fixed(peer.detailsInstance);
            number(peer.detailsIncarnation);
        }
        if (details) {
            named(peer.addressBytes);
            octet(peer.metadata.length >>> Byte.SIZE);
            octet(peer.metadata.length);
            append(peer.metadata);
        }
        return true;
    }

    /** Whether there may be room for another update. */
    boolean hasRoom() {
        return limit - position > 2 * Long.BYTES + MAX_NUMBER_BYTES;
    }

    byte[] take() {
        return Arrays.copyOf(buffer, position);
    }
}
