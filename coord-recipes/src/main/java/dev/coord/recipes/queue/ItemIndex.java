package dev.coord.recipes.queue;

import dev.coord.kv.Entry;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.queue.QueueKeys.Kind;
import dev.coord.watch.WatchEvent;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which items could be delivered, by what this replica has told so far: those with a payload, no claim and no hold, in
 * order. Payloads are not kept. Not thread-safe.
 */
final class ItemIndex {
    private final QueueKeys keys;
    private final Map<String, State> states = new HashMap<>();
    private final NavigableSet<String> available = new TreeSet<>();
    private long revision;

    ItemIndex(QueueKeys keys) {
        this.keys = keys;
    }

    private static final class State {
        final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        long created;
        long claimed;
        long touched;
    }

    /** Replaces everything, unless what is known is newer. */
    void reset(RangeResult state) {
        if (state.revision() < revision) {
            return;
        }
        revision = state.revision();
        states.clear();
        available.clear();
        for (Entry entry : state.entries()) {
            put(entry, revision);
        }
    }

    /** Applies one revision's changes, unless they are known; returns the names they concern. */
    Set<String> apply(long changed, List<WatchEvent> events) {
        Set<String> names = new TreeSet<>();
        if (changed <= revision) {
            return names;
        }
        revision = changed;
        for (WatchEvent event : events) {
            Entry after = event.after();
            String name = after != null ? put(after, changed) : delete(event.key(), changed);
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }

    private String put(Entry entry, long changed) {
        String name = keys.nameOf(entry.key());
        if (!name.isEmpty()) {
            State state = states.computeIfAbsent(name, unknown -> new State());
            Kind kind = keys.kindOf(entry.key());
            state.kinds.add(kind);
            state.touched = changed;
            if (kind == Kind.ITEM) {
                state.created = entry.createRevision();
            } else if (kind == Kind.CLAIM) {
                state.claimed = entry.createRevision();
            }
            refresh(name, state);
        }
        return name;
    }

    private String delete(String key, long changed) {
        String name = keys.nameOf(key);
        State state = states.get(name);
        if (state != null) {
            state.kinds.remove(keys.kindOf(key));
            state.touched = changed;
            refresh(name, state);
        }
        return name;
    }

    private void refresh(String name, State state) {
        if (state.kinds.isEmpty()) {
            states.remove(name);
        }
        if (state.kinds.contains(Kind.ITEM) && !state.kinds.contains(Kind.CLAIM) && !state.kinds.contains(Kind.HOLD)) {
            available.add(name);
        } else {
            available.remove(name);
        }
    }

    NavigableSet<String> available() {
        return available;
    }

    /** The revision that last changed anything of an item, 0 if it is not known. */
    long touched(String name) {
        State state = states.get(name);
        return state == null ? 0 : state.touched;
    }

    long created(String name) {
        @Nullable State state = states.get(name);
        return state == null ? 0 : state.created;
    }

    /** Tells whether a claim, by its create revision, is known to be gone. */
    boolean isGone(String name, long claim) {
        @Nullable State state = states.get(name);
        boolean there = state != null && state.kinds.contains(Kind.CLAIM) && state.claimed == claim;
        return revision >= claim && !there;
    }
}
