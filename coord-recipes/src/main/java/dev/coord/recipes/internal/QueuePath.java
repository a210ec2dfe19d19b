package dev.coord.recipes.internal;

import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import dev.coord.lease.Session;
import java.util.Optional;

/**
 * Where a queue keeps its keys: {@code <path>/~h/<id>} for each holder, {@code <path>/~q/<id>} for each waiter, and
 * {@code <path>/~h+} for a capacity that can change. The tilde keeps the queues of nested paths, and ordinary keys below a
 * path, out of each other's ranges.
 *
 * @param path the path of the lock or election
 */
public record QueuePath(String path) {
    private static final String MARK = "/~";
    private static final String HOLDERS = "/~h";
    private static final String WAITERS = "/~q";
    private static final int LONGEST_ID = 33;

    /**
     * Creates the path.
     *
     * @throws IllegalArgumentException if it cannot be the path of a queue
     */
    public QueuePath {
        Keys.check(path);
        if (path.endsWith("/") || path.contains("//") || path.startsWith("~") || path.contains(MARK)) {
            throw new IllegalArgumentException("path " + path
                    + ": it must not end with '/' or have an empty part, and no part may begin with '~'");
        }
        Keys.check(path + HOLDERS + "/" + "0".repeat(LONGEST_ID));
    }

    /**
     * Returns all keys of the queue.
     *
     * @return the range
     */
    public KeyRange range() {
        return KeyRange.prefix(path + MARK);
    }

    /**
     * Returns the keys of all holders, and that of the capacity: all that decides who may hold.
     *
     * @return the range
     */
    public KeyRange holders() {
        return KeyRange.prefix(path + HOLDERS);
    }

    /**
     * Returns the key of a capacity that can change.
     *
     * @return the key
     */
    public String capacityKey() {
        return path + HOLDERS + "+";
    }

    /**
     * Returns the key that a holder has.
     *
     * @param id whose
     * @return the key
     */
    public String holderKey(String id) {
        return path + HOLDERS + "/" + id;
    }

    /**
     * Returns the key that a waiter has.
     *
     * @param id whose
     * @return the key
     */
    public String waiterKey(String id) {
        return path + WAITERS + "/" + id;
    }

    /**
     * Tells of which queue a key is a holder's.
     *
     * @param key any key
     * @return the path of the queue; empty if the key is something else
     */
    public static Optional<String> ofHolder(String key) {
        int mark = key.lastIndexOf(HOLDERS + "/");
        return mark > 0 && key.indexOf('/', mark + HOLDERS.length() + 1) < 0
                ? Optional.of(key.substring(0, mark))
                : Optional.empty();
    }

    boolean isHolder(String key) {
        return key.startsWith(HOLDERS + "/", path.length());
    }

    boolean isWaiter(String key) {
        return key.startsWith(WAITERS + "/", path.length());
    }

    String idOf(String key) {
        return key.substring(path.length() + HOLDERS.length() + 1);
    }

    /** Returns a name that no other claim has or ever had: session ids are unique, the numbers are in their session. */
    static String newId(Session session) {
        return Long.toHexString(session.id()) + "-" + Long.toHexString(session.nextNumber());
    }

    /** Returns the session in a name; 0 if it has none. */
    static long sessionOf(String id) {
        try {
            return Long.parseUnsignedLong(id, 0, Math.max(0, id.indexOf('-')), 16);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
