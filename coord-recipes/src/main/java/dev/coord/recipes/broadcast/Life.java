package dev.coord.recipes.broadcast;

import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;

/**
 * One process of a member, from its opening of a group to its end. Later ones of a member are greater: sessions are numbered by
 * the log, and within a session the monotonic clock tells.
 *
 * @param session the session it was opened with
 * @param opened the reading of the process's clock then
 */
record Life(long session, long opened) implements Comparable<Life> {
    /** Of a member that nothing was heard of; before all others. */
    static final Life UNKNOWN = new Life(0, 0);

    @Override
    public int compareTo(Life other) {
        int bySession = Long.compare(session, other.session);
        return bySession != 0 ? bySession : Long.compare(opened, other.opened);
    }

    WireWriter writeTo(WireWriter out) {
        return out.number(session).number(opened);
    }

    static Life read(WireReader in) {
        return new Life(in.number(), in.number());
    }
}
