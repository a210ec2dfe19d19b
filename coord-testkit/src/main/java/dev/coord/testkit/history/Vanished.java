package dev.coord.testkit.history;

import dev.coord.kv.Consistency;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads that saw that a key was gone after the last revision of which anybody saw the number. The replay does not get there,
 * so it cannot tell who saw the key later; nobody can have seen it as it was, though.
 */
final class Vanished {
    /** By key and handle, the read that was over first. */
    private final Map<String, Map<String, Operation>> reads = new HashMap<>();

    void note(String key, Operation read) {
        reads.computeIfAbsent(key, each -> new HashMap<>())
                .merge(read.process(), read, (a, b) -> a.ret() <= b.ret() ? a : b);
    }

    /** One of the reads that a later one, by what it promised, must not be behind; null if there is none. */
    @Nullable
    Operation before(String key, Operation later) {
        Consistency consistency = later.consistency();
        Map<String, Operation> byHandle = reads.get(key);
        if (byHandle == null || consistency == null) {
            return null;
        }
        for (Operation read : byHandle.values()) {
            boolean binds = consistency.kind() == Consistency.Kind.LINEARIZABLE
                    || (consistency.kind() == Consistency.Kind.SEQUENTIAL
                            && read.process().equals(later.process()));
            if (binds && read.ret() < later.call()) {
                return read;
            }
        }
        return null;
    }
}
