package dev.coord.raft.internal.store;

import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures, before a branch runs, what its steps would return at most. */
final class ResultSize {
    private static final int FIXED = 64;

    /** The bytes of the longest number. */
    private static final int NUMBER = 20;

    private final SortedView<String, Entry> entries;
    private long bytes;

    ResultSize(SortedView<String, Entry> entries) {
        this.entries = entries;
    }

    /** Whether the results of the steps may take more bytes than the limit. */
    boolean exceeds(long limit, List<Op> branch) {
        // One entry is always within bounds: most transactions need no look.
        if (branch.size() == 1 && !(branch.get(0) instanceof Op.Range || branch.get(0) instanceof Op.DeleteRange)) {
            return false;
        }
        long written = written(branch);
        for (Op op : branch) {
            if (op instanceof Op.Range range) {
                bytes += range.query().countOnly() ? FIXED : written;
                measure(range.query(), limit);
            } else if (op instanceof Op.DeleteRange delete) {
                measure(RangeQuery.of(delete.range()), limit);
            } else if (op instanceof Op.Add add) {
                bytes += FIXED + 3L * add.key().length() + NUMBER;
            } else if (op instanceof Op.Get get) {
                bytes += Math.max(size(entries.get(get.key()), false), putSize(get.key(), branch));
            } else {
                bytes += size(entries.get(key(op)), false);
            }
            if (bytes > limit) {
                return true;
            }
        }
        return false;
    }

    private static long written(List<Op> branch) {
        long written = 0;
        for (Op op : branch) {
            if (op instanceof Op.Put put) {
                written += FIXED + put.value().size();
            } else if (op instanceof Op.Add) {
                written += FIXED + NUMBER;
            }
        }
        return written;
    }

    /** What a step that gets a key may find there instead: an earlier one may have put it. */
    private static long putSize(String key, List<Op> branch) {
        for (Op op : branch) {
            if (op instanceof Op.Put put && put.key().equals(key)) {
                return FIXED + 3L * key.length() + put.value().size();
            }
        }
        return 0;
    }

    private static String key(Op op) {
        return op instanceof Op.Put put ? put.key() : ((Op.Delete) op).key();
    }

    private void measure(RangeQuery query, long limit) {
        if (query.countOnly()) {
            return;
        }
        KeyRange range = query.range();
        int[] left = {query.limit() == 0 ? Integer.MAX_VALUE : query.limit()};
        SortedView.Visitor<String, Entry> add = (key, entry) -> {
            bytes += size(entry, query.keysOnly());
            return --left[0] > 0 && bytes <= limit;
        };
        if (query.descending()) {
            entries.forEachDescending(range.from(), range.to(), add);
        } else {
            entries.forEach(range.from(), range.to(), add);
        }
    }

    private static long size(@Nullable Entry entry, boolean keyOnly) {
        return entry == null
                ? 0
                : FIXED
                        + 3L * entry.key().length()
                        + (keyOnly ? 0 : entry.value().size());
    }
}
