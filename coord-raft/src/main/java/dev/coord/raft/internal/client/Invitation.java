package dev.coord.raft.internal.client;

import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;

/** What the leader wants of a peer that is to become a member. */
public enum Invitation {
    /** To say who it is. */
    ASK,
    /** To open its log, for the leader to write. */
    COME;

    byte[] encode() {
        return new Writer(1).putBoolean(this == COME).toByteArray();
    }

    /** Reads what the leader sent. */
    public static Invitation decode(byte[] bytes) {
        return new Reader(bytes).getBoolean() ? COME : ASK;
    }

    /**
     * Who was invited.
     *
     * @param directory the id of its data directory
     * @param blank whether its log holds nothing
     * @param term the latest term that it has seen
     */
    public record Guest(String directory, boolean blank, long term) {

        /** For the leader. */
        public byte[] encode() {
            return new Writer(64)
                    .putText(directory)
                    .putBoolean(blank)
                    .putNumber(term)
                    .toByteArray();
        }

        static Guest decode(byte[] bytes) {
            Reader reader = new Reader(bytes);
            return new Guest(reader.getText(), reader.getBoolean(), reader.getNumber());
        }
    }
}
