package dev.coord.testkit.history;

import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Value;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** Whether the conditions of a transaction hold, by the documentation of {@link Guard}. */
final class Guards {
    private Guards() {}

    static boolean hold(List<Guard> guards, NavigableMap<String, Entry> entries) {
        for (Guard guard : guards) {
            if (!holds(guard, entries)) {
                return false;
            }
        }
        return true;
    }

    static NavigableMap<String, Entry> within(NavigableMap<String, Entry> entries, KeyRange range) {
        String to = range.to();
        return to == null ? entries.tailMap(range.from(), true) : entries.subMap(range.from(), true, to, false);
    }

    private static boolean holds(Guard guard, NavigableMap<String, Entry> entries) {
        if (guard.range().isSingleKey() && guard.target() != Guard.Target.COUNT) {
            return holds(guard, entries.get(guard.range().from()));
        }
        NavigableMap<String, Entry> within = within(entries, guard.range());
        if (guard.target() == Guard.Target.COUNT) {
            return compares(guard.relation(), Long.compare(within.size(), guard.number()));
        }
        for (Entry entry : within.values()) {
            if (!holds(guard, entry)) {
                return false;
            }
        }
        return true;
    }

    static boolean holds(Guard guard, @Nullable Entry entry) {
        Value value = guard.value();
        if (value != null) {
            return entry != null && compares(guard.relation(), entry.value().compareTo(value));
        }
        return compares(guard.relation(), Long.compare(entry == null ? 0 : number(guard, entry), guard.number()));
    }

    private static long number(Guard guard, Entry entry) {
        return switch (guard.target()) {
            case VERSION -> entry.version();
            case CREATE_REVISION -> entry.createRevision();
            case MOD_REVISION -> entry.modRevision();
            case LEASE -> entry.lease();
            case COUNT -> 1;
            case VALUE -> throw new IllegalArgumentException(guard.target() + " is no number of an entry");
        };
    }

    private static boolean compares(Guard.Relation relation, int order) {
        return switch (relation) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case GREATER -> order > 0;
        };
    }
}
