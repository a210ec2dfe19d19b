package dev.coord.raft.internal.client;

import dev.coord.CoordException;
import dev.coord.IndeterminateException;
import dev.coord.UnavailableException;
import dev.coord.raft.internal.codec.CodecException;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;

/** A request between users of two peers. */
final class PeerMessage {
    private static final int DONE = 0;
    private static final int REFUSED = 1;
    private static final int FAILED = 2;

    /** Tells one life of the sender from another. */
    final long process;

    /** Of the request, among those of that life to this peer; from 1. */
    final long number;

    /** Whom it is for. */
    final String service;

    final byte[] payload;

    PeerMessage(long process, long number, String service, byte[] payload) {
        this.process = process;
        this.number = number;
        this.service = service;
        this.payload = payload;
    }

    byte[] encode() {
        return new Writer(payload.length + 96)
                .putNumber(process)
                .putNumber(number)
                .putText(service)
                .putBytes(payload)
                .toByteArray();
    }

    static PeerMessage decode(byte[] bytes) {
        Reader reader = new Reader(bytes);
        return new PeerMessage(reader.getNumber(), reader.getNumber(), reader.getText(), reader.getBytes());
    }

    /** The answer of a service. */
    static byte[] done(byte[] answer) {
        return new Writer(answer.length + 8).putByte(DONE).putBytes(answer).toByteArray();
    }

    /** Nobody has handled it. */
    static byte[] refused(String why) {
        return new Writer(128).putByte(REFUSED).putText(why).toByteArray();
    }

    /** A service failed, after whatever it had done. */
    static byte[] failed(String how) {
        return new Writer(128).putByte(FAILED).putText(how).toByteArray();
    }

    /** Returns what a service answered, or throws why it did not. */
    static byte[] answer(String peer, String service, byte[] bytes) throws CoordException {
        try {
            Reader reader = new Reader(bytes);
            int outcome = reader.getByte();
            if (outcome == DONE) {
                return reader.getBytes();
            }
            String what = peer + " answered for service " + service + ": " + reader.getText();
            throw outcome == REFUSED ? new UnavailableException(what) : new IndeterminateException(what);
        } catch (CodecException e) {
            throw new IndeterminateException(peer + " answered for service " + service + " what cannot be read: "
                    + e.getMessage() + "; is it of another version?");
        }
    }
}
