package dev.coord.recipes.broadcast;

import dev.coord.CoordException;
import dev.coord.recipes.internal.WireReader;
import java.util.Set;

/** What goes through a {@link Link}. Called in the link's context only. */
interface Protocol {

    /** The first message to a process of another member: what it must know to make sense of those that follow. */
    byte[] first();

    /**
     * Takes the next message of a member's process. Throws {@link IllegalArgumentException} if it cannot be read, and then has
     * changed nothing.
     *
     * @return false if there is no room for it: it comes again
     */
    boolean take(String from, WireReader body);

    /** A member was heard of for the first time. */
    default void met() {}

    /** Another process of a member was heard of than before. */
    void restarted(String member);

    /** Whom this waits for, besides those who have not answered. */
    Set<String> awaited();

    /** The link has ended; called once. */
    void ended(CoordException cause);
}
