package dev.coord.raft.internal.store;

import dev.coord.kv.Entry;
import org.jspecify.annotations.Nullable;

/** One key's change by one revision. At least one of the entries is there. */
public record Change(
        String key, @Nullable Entry after, @Nullable Entry before) {}
