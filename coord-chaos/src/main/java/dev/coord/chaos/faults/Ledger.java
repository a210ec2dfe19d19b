package dev.coord.chaos.faults;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.raft.CoordPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What was written at which revision, so that the state at any revision is known. For one writer. */
final class Ledger {
    private static final String PREFIX = "/ledger/";
    private static final int KEYS = 97;
    private static final Duration TTL = Duration.ofSeconds(10);

    private record Write(long revision, String key, String text) {}

    private final List<Write> writes = new ArrayList<>();

    /** Writes the next value. */
    void write(Coord coord) throws InterruptedException {
        int number = writes.size();
        String key = PREFIX + number % KEYS;
        String text = number + ":" + "x".repeat(100 + number % 200);
        writes.add(new Write(coord.kv().put(key, text), key, text));
    }

    /**
     * Reads all that a peer holds by its own replica, and through it. Returns what is wrong about it, or nothing; empty if it gave no
     * answer, which is no wrong one.
     */
    Optional<String> compare(CoordPeer peer) throws InterruptedException {
        try (Coord coord = peer.openSession(TTL)) {
            String stale = check(read(coord, Consistency.sequential()), 0);
            return Optional.of(stale.isEmpty() ? check(read(coord, Consistency.linearizable()), last()) : stale);
        } catch (CoordException e) {
            return Optional.empty();
        }
    }

    private static RangeResult read(Coord coord, Consistency consistency) throws InterruptedException {
        return coord.kv().range(RangeQuery.of(KeyRange.prefix(PREFIX)), consistency);
    }

    private long last() {
        return writes.isEmpty() ? 0 : writes.get(writes.size() - 1).revision();
    }

    private String check(RangeResult result, long atLeast) {
        if (result.revision() < atLeast) {
            return "revision " + result.revision() + " was served as the newest, " + atLeast + " was acknowledged";
        }
        Map<String, String> expected = new TreeMap<>();
        writes.stream()
                .filter(write -> write.revision() <= result.revision())
                .forEach(write -> expected.put(write.key(), write.text()));
        Map<String, String> found = new TreeMap<>();
        for (Entry entry : result.entries()) {
            found.put(entry.key(), entry.text());
        }
        return expected.equals(found) ? "" : "revision " + result.revision() + " differs: " + found;
    }
}
