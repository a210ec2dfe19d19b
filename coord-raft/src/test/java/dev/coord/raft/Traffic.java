package dev.coord.raft;

import dev.coord.raft.internal.transport.MemoryNetwork.DropFilter;
import dev.coord.raft.internal.transport.MessageKind;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Loses messages by a rule and counts requests, so that a test can prove what was lost and what was never sent. */
final class Traffic implements DropFilter {
    private static final DropFilter NOTHING = (from, to, kind, response) -> false;

    private final Map<String, LongAdder> lost = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> passed = new ConcurrentHashMap<>();
    private volatile DropFilter rule = NOTHING;

    /** Which messages between an island and the rest are lost. */
    enum Cut {
        BOTH_WAYS,
        SENDS_LOST,
        RECEIVES_LOST,
        /** Raft's own messages both ways, while those of our read index pass: nothing but the voters' answers protects. */
        RAFT_ONLY;

        DropFilter around(Set<String> island) {
            return (from, to, kind, response) -> {
                boolean out = island.contains(from) && !island.contains(to);
                boolean in = island.contains(to) && !island.contains(from);
                return switch (this) {
                    case BOTH_WAYS -> out || in;
                    case SENDS_LOST -> out;
                    case RECEIVES_LOST -> in;
                    case RAFT_ONLY -> (out || in) && isRaft(kind);
                };
            };
        }
    }

    static boolean isRaft(MessageKind kind) {
        return kind.name().startsWith("RAFT_");
    }

    void lose(DropFilter what) {
        rule = what;
    }

    void loseNothing() {
        rule = NOTHING;
    }

    @Override
    public boolean drops(String from, String to, MessageKind kind, boolean response) {
        boolean drop = rule.drops(from, to, kind, response);
        if (!response) {
            (drop ? lost : passed)
                    .computeIfAbsent(from + " " + kind, key -> new LongAdder())
                    .increment();
        }
        return drop;
    }

    /** Requests of a peer that were lost. */
    long lost(String from, MessageKind kind) {
        return sum(lost, from, kind);
    }

    /** Requests of a peer that were delivered. */
    long passed(String from, MessageKind kind) {
        return sum(passed, from, kind);
    }

    private static long sum(Map<String, LongAdder> counts, String from, MessageKind kind) {
        LongAdder count = counts.get(from + " " + kind);
        return count == null ? 0 : count.sum();
    }
}
