package dev.coord.raft.internal.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * What Raft drives: this peer's replica of the store. {@code apply}, {@code skip} and {@code restore} are called by one
 * thread at a time, in log order.
 */
public interface StateMachine {

    /** Applies a committed entry. Must not throw: a bad entry is refused before it is appended. */
    void apply(long term, long index, byte[] entry);

    /** Notes that the log reached an index that holds nothing for us. */
    void skip(long term, long index);

    /** Returns the present state, immutable; any thread may write it out while entries are applied. */
    Image image();

    /**
     * Replaces the state by one written by {@link Image#writeTo}.
     *
     * @return the image restored
     * @throws IOException if it cannot be read, is of an unknown format, or damaged; the state is unchanged then
     */
    Image restore(InputStream in) throws IOException;

    /** Something about leadership, term or health changed; look at {@link RaftNode#status()}. Must not block. */
    void statusChanged();

    /** The state after one entry. */
    interface Image {
        /** The term of the last entry applied. */
        long term();

        /** The index of the last entry applied. */
        long index();

        /** Writes the state: equal states give equal bytes. */
        void writeTo(OutputStream out) throws IOException;
    }
}
