package dev.coord.recipes.internal;

import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import dev.coord.lease.Session;

/**
 * Where a queue keeps its waiters: {@code <path>/~<session>-<number>}. The tilde keeps the queues of nested paths, and
 * ordinary keys below a path, out of each other's ranges.
 *
 * @param path the path of the lock or election
 */
public record QueuePath(String path) {
    private static final String MARK = "/~";
    private static final int LONGEST_ID = 33;

    /**
     * Creates the path.
     *
     * @throws IllegalArgumentException if it cannot be the path of a queue
     */
    public QueuePath {
        Keys.check(path);
        if (path.endsWith("/") || path.startsWith("~") || path.contains(MARK)) {
            throw new IllegalArgumentException(
                    "path " + path + ": it must not end with '/', and no part of it may begin with '~'");
        }
        Keys.check(path + MARK + "0".repeat(LONGEST_ID));
    }

    /**
     * Returns the keys of all waiters.
     *
     * @return the range
     */
    public KeyRange range() {
        return KeyRange.prefix(path + MARK);
    }

    /**
     * Returns a key that no other waiter has or ever had: session ids are unique, the numbers are in their session.
     *
     * @param session whose waiter it is
     * @return a key of the {@link #range()}
     */
    public String newKey(Session session) {
        return path + MARK + Long.toHexString(session.id()) + "-" + Long.toHexString(session.nextNumber());
    }
}
