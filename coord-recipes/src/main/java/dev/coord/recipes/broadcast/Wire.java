package dev.coord.recipes.broadcast;

import dev.coord.recipes.causality.LamportClock;
import dev.coord.recipes.internal.WireReader;

/** What all messages of members have in common. */
final class Wire {
    private static final long LATEST = 1L << 62;

    private Wire() {}

    /** A stamp of a member; none is so late that the clock of who hears it could not go on. */
    static LamportClock stamp(WireReader in, String member) {
        long time = in.number();
        if (time < 0 || time > LATEST) {
            throw new IllegalArgumentException("a stamp of " + member + " at " + time + "; none is beyond " + LATEST);
        }
        return new LamportClock(time, member);
    }

    static IllegalArgumentException unknown(int kind) {
        return new IllegalArgumentException(
                "a message of the unknown kind " + kind + ": the members run other versions");
    }
}
