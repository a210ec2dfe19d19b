package dev.coord.raft.internal.client;

import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;

/**
 * What the leader says to a change of the members.
 *
 * @param kind what it comes to
 * @param why in words, empty if it is done
 */
record Ruling(Kind kind, String why) {

    enum Kind {
        DONE,
        /** It must not be done, ever. */
        REFUSED,
        /** It cannot be done as things are, and nothing was begun. */
        NOT_NOW
    }

    static final Ruling DONE = new Ruling(Kind.DONE, "");

    static Ruling refused(String why) {
        return new Ruling(Kind.REFUSED, why);
    }

    static Ruling notNow(String why) {
        return new Ruling(Kind.NOT_NOW, why);
    }

    boolean isDone() {
        return kind == Kind.DONE;
    }

    byte[] encode() {
        return new Writer(64).putText(kind.name()).putText(why).toByteArray();
    }

    static Ruling decode(byte[] bytes) {
        Reader reader = new Reader(bytes);
        return new Ruling(Kind.valueOf(reader.getText()), reader.getText());
    }
}
