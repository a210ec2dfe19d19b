package dev.coord.kv;

import org.jspecify.annotations.Nullable;

/**
 * A condition of a transaction over one key or a range of keys. Immutable.
 *
 * <p>Over a range, the condition must hold for every entry in it, and holds if there is none. For a single key that is
 * absent, its version, revisions and lease count as 0 and a condition on its value does not hold.
 *
 * @param range the keys looked at
 * @param target what is compared
 * @param relation how it is compared
 * @param number the number to compare with; 0 for {@link Target#VALUE}
 * @param value the value to compare with; null but for {@link Target#VALUE}
 */
public record Guard(
        KeyRange range,
        Target target,
        Relation relation,
        long number,
        @Nullable Value value) {

    /** What a guard compares. */
    public enum Target {
        /** The value. */
        VALUE,
        /** The entry's version. */
        VERSION,
        /** The revision that created the key. */
        CREATE_REVISION,
        /** The revision that last wrote the key. */
        MOD_REVISION,
        /** The id of the attached lease. */
        LEASE,
        /** How many entries the range holds. */
        COUNT
    }

    /** How a guard compares. Values compare by their bytes, unsigned. */
    public enum Relation {
        /** Equal. */
        EQUAL,
        /** Not equal. */
        NOT_EQUAL,
        /** Less than the given one. */
        LESS,
        /** Greater than the given one. */
        GREATER
    }

    /** Creates a guard. */
    public Guard {
        if ((target == Target.VALUE) != (value != null)) {
            throw new IllegalArgumentException("a value is given to, and only to, a guard on values");
        }
    }

    /**
     * Returns the guard that holds while the key does not exist.
     *
     * @param key the key
     * @return the guard
     */
    public static Guard absent(String key) {
        return absent(KeyRange.key(key));
    }

    /**
     * Returns the guard that holds while the range has no entry.
     *
     * @param range the keys
     * @return the guard
     */
    public static Guard absent(KeyRange range) {
        return new Guard(range, Target.COUNT, Relation.EQUAL, 0, null);
    }

    /**
     * Returns the guard that holds while the key exists.
     *
     * @param key the key
     * @return the guard
     */
    public static Guard exists(String key) {
        return new Guard(KeyRange.key(key), Target.COUNT, Relation.GREATER, 0, null);
    }

    /**
     * Returns the guard that holds while the key has this value.
     *
     * @param key the key
     * @param value the value
     * @return the guard
     */
    public static Guard valueIs(String key, Value value) {
        return new Guard(KeyRange.key(key), Target.VALUE, Relation.EQUAL, 0, value);
    }

    /**
     * Returns the guard that holds while the key's last write is this revision; 0 means absent.
     *
     * @param key the key
     * @param revision the revision
     * @return the guard
     */
    public static Guard modRevisionIs(String key, long revision) {
        return new Guard(KeyRange.key(key), Target.MOD_REVISION, Relation.EQUAL, revision, null);
    }

    /**
     * Returns the guard that holds while the key lives the life that began at this revision; 0 means absent.
     *
     * @param key the key
     * @param revision the revision
     * @return the guard
     */
    public static Guard createRevisionIs(String key, long revision) {
        return new Guard(KeyRange.key(key), Target.CREATE_REVISION, Relation.EQUAL, revision, null);
    }

    /**
     * Returns the guard that holds while the key has this version; 0 means absent.
     *
     * @param key the key
     * @param version the version
     * @return the guard
     */
    public static Guard versionIs(String key, long version) {
        return new Guard(KeyRange.key(key), Target.VERSION, Relation.EQUAL, version, null);
    }

    /**
     * Returns a guard that compares numbers.
     *
     * @param range the keys
     * @param target what to compare, not {@link Target#VALUE}
     * @param relation how to compare
     * @param number what to compare with
     * @return the guard
     */
    public static Guard compare(KeyRange range, Target target, Relation relation, long number) {
        return new Guard(range, target, relation, number, null);
    }

    /**
     * Returns a guard that compares values.
     *
     * @param range the keys
     * @param relation how to compare
     * @param value what to compare with
     * @return the guard
     */
    public static Guard compareValue(KeyRange range, Relation relation, Value value) {
        return new Guard(range, Target.VALUE, relation, 0, value);
    }
}
