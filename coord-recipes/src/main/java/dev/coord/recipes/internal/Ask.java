package dev.coord.recipes.internal;

import dev.coord.kv.Value;
import java.nio.charset.StandardCharsets;

/**
 * What a claimant says of itself in the value of its key, from its first wait to its release. Immutable.
 *
 * @param permits how much of the queue's capacity it asks for, or holds; positive
 * @param capacity what it takes for the queue's capacity, for those who know the queue only by its keys; positive
 * @param priority who asks with more is served first; 0 unless the recipe has priorities
 * @param alone whether nobody else may promote it: it waits in several queues
 * @param releaseAsked whether somebody has asked the holder to let go
 * @param lease the lease that its key is to be attached to once it holds
 * @param owner on whose behalf it asks, for wait graphs; empty if nobody said
 * @param text what others are told of it
 */
public record Ask(
        int permits,
        int capacity,
        int priority,
        boolean alone,
        boolean releaseAsked,
        long lease,
        String owner,
        String text) {
    /** The longest owner and text, in characters: many asks must fit into one transaction. */
    public static final int MAX_CHARACTERS = 4096;

    private static final String FORM = "the value of a key of a queue";

    /**
     * Creates an ask.
     *
     * @throws IllegalArgumentException if the permits are not positive, or the words too long
     */
    public Ask {
        if (owner.length() + text.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException("owner and text of " + (owner.length() + text.length())
                    + " characters; they have " + MAX_CHARACTERS + " at most. Keep the rest under a key of its own");
        }
        if (permits < 1) {
            throw new IllegalArgumentException(permits + " permits; ask for 1 at least");
        }
    }

    /**
     * Returns a plain ask.
     *
     * @param permits how much of the capacity
     * @param text what others are told
     * @return the ask, without owner or priority
     */
    public static Ask of(int permits, String text) {
        return new Ask(permits, 1, 0, false, false, 0, "", text);
    }

    /**
     * Returns the ask for so many permits.
     *
     * @param many positive
     * @return the changed ask
     */
    public Ask withPermits(int many) {
        return new Ask(many, capacity, priority, alone, releaseAsked, lease, owner, text);
    }

    /**
     * Returns the ask with a priority.
     *
     * @param higher more is served first
     * @return the changed ask
     */
    public Ask withPriority(int higher) {
        return new Ask(permits, capacity, higher, alone, releaseAsked, lease, owner, text);
    }

    /**
     * Returns the ask of one that promotes itself.
     *
     * @return the changed ask
     */
    public Ask inSeveral() {
        return new Ask(permits, capacity, priority, true, releaseAsked, lease, owner, text);
    }

    /**
     * Returns the ask of a holder that was asked to let go.
     *
     * @return the changed ask
     */
    public Ask withReleaseAsked() {
        return new Ask(permits, capacity, priority, alone, true, lease, owner, text);
    }

    /**
     * Returns the ask on somebody's behalf.
     *
     * @param name the owner
     * @return the changed ask
     */
    public Ask ownedBy(String name) {
        return new Ask(permits, capacity, priority, alone, releaseAsked, lease, name, text);
    }

    /**
     * Returns the ask with other words for others.
     *
     * @param words what they are told
     * @return the changed ask
     */
    public Ask withText(String words) {
        return new Ask(permits, capacity, priority, alone, releaseAsked, lease, owner, words);
    }

    Ask withLease(long id) {
        return new Ask(permits, capacity, priority, alone, releaseAsked, id, owner, text);
    }

    Ask withCapacity(int whole) {
        return new Ask(permits, whole, priority, alone, releaseAsked, lease, owner, text);
    }

    /** A line of numbers, so that a person can read it, then the words. */
    Value encode() {
        String head = permits + " " + capacity + " " + priority + " " + (alone ? 1 : 0) + " " + (releaseAsked ? 1 : 0)
                + " " + lease + " " + owner.length();
        return Value.of(head + "\n" + owner + text);
    }

    /**
     * Reads what a key of a queue holds.
     *
     * @param value the value of the key
     * @return the ask
     * @throws IllegalArgumentException if it is no such value
     */
    public static Ask decode(Value value) {
        String whole = new String(value.toByteArray(), StandardCharsets.UTF_8);
        int end = whole.indexOf('\n');
        String[] head = end < 0 ? new String[0] : whole.substring(0, end).split(" ", -1);
        if (head.length != 7) {
            throw new IllegalArgumentException("not " + FORM);
        }
        int ownerEnd = end + 1 + Integer.parseInt(head[6]);
        if (ownerEnd < end + 1 || ownerEnd > whole.length()) {
            throw new IllegalArgumentException("not " + FORM);
        }
        return new Ask(
                Integer.parseInt(head[0]),
                Integer.parseInt(head[1]),
                Integer.parseInt(head[2]),
                Integer.parseInt(head[3]) != 0,
                Integer.parseInt(head[4]) != 0,
                Long.parseLong(head[5]),
                whole.substring(end + 1, ownerEnd),
                whole.substring(ownerEnd));
    }
}
