package dev.coord.kv;

/**
 * One step of a transaction. The steps of a branch run in order and see the earlier ones' effects; all writes of a
 * transaction carry one revision. Immutable.
 */
public sealed interface Op {

    /**
     * Writes a key.
     *
     * @param key the key
     * @param value the value
     * @param lease the lease to attach the key to, or 0: the key is deleted when that lease ends
     */
    record Put(String key, Value value, long lease) implements Op {
        /** Creates the step. */
        public Put {
            Keys.check(key);
            if (lease < 0) {
                throw new IllegalArgumentException("negative lease id " + lease);
            }
        }

        /**
         * Returns the step with the key attached to a lease.
         *
         * @param leaseId the lease, or 0 for none
         * @return the changed step
         */
        public Put withLease(long leaseId) {
            return new Put(key, value, leaseId);
        }
    }

    /**
     * Reads one key.
     *
     * @param key the key
     */
    record Get(String key) implements Op {
        /** Creates the step. */
        public Get {
            Keys.check(key);
        }
    }

    /**
     * Reads a range.
     *
     * @param query what to read
     */
    record Range(RangeQuery query) implements Op {}

    /**
     * Deletes one key, if it exists.
     *
     * @param key the key
     */
    record Delete(String key) implements Op {
        /** Creates the step. */
        public Delete {
            Keys.check(key);
        }
    }

    /**
     * Deletes every key of a range.
     *
     * @param range the keys
     */
    record DeleteRange(KeyRange range) implements Op {}

    /**
     * Adds to the number that a key holds, as text: a decimal 64-bit integer exactly as {@link Long#toString(long)} writes it,
     * so without a plus, blanks or leading zeros. An absent key counts as 0 and is created; a key that is there keeps its
     * lease. The store reads and writes in one step: no loop, whoever else adds at the same time. To a transaction and to
     * watches it is a write of the key like a put.
     *
     * <p>If the key holds no such number, or the sum is none, nothing of the transaction is changed and the commit fails with
     * {@link dev.coord.AddRefusedException}.
     *
     * @param key the key
     * @param delta what to add; may be negative, or 0, which writes the key all the same
     */
    record Add(String key, long delta) implements Op {
        /** Creates the step. */
        public Add {
            Keys.check(key);
        }
    }

    /**
     * Returns the step that writes a key.
     *
     * @param key the key
     * @param value the value
     * @return the step
     */
    static Put put(String key, Value value) {
        return new Put(key, value, 0);
    }

    /**
     * Returns the step that writes a key with text.
     *
     * @param key the key
     * @param text the value, stored as UTF-8
     * @return the step
     */
    static Put put(String key, String text) {
        return new Put(key, Value.of(text), 0);
    }

    /**
     * Returns the step that reads a key.
     *
     * @param key the key
     * @return the step
     */
    static Get get(String key) {
        return new Get(key);
    }

    /**
     * Returns the step that reads a range.
     *
     * @param query what to read
     * @return the step
     */
    static Range range(RangeQuery query) {
        return new Range(query);
    }

    /**
     * Returns the step that deletes a key.
     *
     * @param key the key
     * @return the step
     */
    static Delete delete(String key) {
        return new Delete(key);
    }

    /**
     * Returns the step that deletes a range.
     *
     * @param range the keys
     * @return the step
     */
    static DeleteRange delete(KeyRange range) {
        return new DeleteRange(range);
    }

    /**
     * Returns the step that adds to the number that a key holds.
     *
     * @param key the key
     * @param delta what to add
     * @return the step
     */
    static Add add(String key, long delta) {
        return new Add(key, delta);
    }
}
