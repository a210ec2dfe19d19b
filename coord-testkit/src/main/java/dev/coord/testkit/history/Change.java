package dev.coord.testkit.history;

import dev.coord.kv.Entry;
import org.jspecify.annotations.Nullable;

/** What one revision did to one key. At least one of the entries is there. */
record Change(String key, @Nullable Entry after, @Nullable Entry before) {}
