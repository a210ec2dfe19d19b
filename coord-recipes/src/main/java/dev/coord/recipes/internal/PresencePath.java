package dev.coord.recipes.internal;

import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;

/**
 * Where those who are present are noted: {@code <path>/@<name>}. The mark keeps them out of the ranges of queues, of nested
 * paths, and of ordinary keys below a path.
 *
 * @param path the path of the group or service
 */
public record PresencePath(String path) {
    private static final String MARK = "/@";

    /**
     * Creates the path.
     *
     * @throws IllegalArgumentException if it is no proper key, ends with a slash, has an empty part, or has a part that begins with the mark
     */
    public PresencePath {
        Keys.check(path);
        if (path.endsWith("/") || path.contains("//") || path.startsWith("@") || path.contains(MARK)) {
            throw new IllegalArgumentException("path " + path
                    + ": it must not end with '/' or have an empty part, and no part may begin with '@'");
        }
        Keys.check(path + MARK + "n");
    }

    /**
     * Returns the keys of all who are present.
     *
     * @return the range
     */
    public KeyRange range() {
        return KeyRange.prefix(path + MARK);
    }

    /**
     * Returns the key of a name.
     *
     * @param name not empty
     * @return the key
     * @throws IllegalArgumentException if the name is empty or makes no proper key
     */
    public String key(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("empty name at " + path);
        }
        return Keys.check(path + MARK + name);
    }

    /**
     * Returns the name of a key.
     *
     * @param key one of the {@link #range()}
     * @return the name
     */
    public String name(String key) {
        return key.substring(path.length() + MARK.length());
    }
}
