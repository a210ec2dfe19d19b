package dev.coord.recipes.internal;

import dev.coord.kv.Entry;
import dev.coord.kv.RangeResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds queues by their keys. */
public final class Lines {
    private static final String MARK = "/~";

    private Lines() {}

    /**
     * Reads all queues in a range. What is no key of a queue is passed over.
     *
     * @param state the range, which cuts no queue in two
     * @return the queues, in the order of their first keys
     */
    public static List<Line> in(RangeResult state) {
        Map<String, List<Entry>> byPath = new LinkedHashMap<>();
        for (Entry entry : state.entries()) {
            int mark = entry.key().indexOf(MARK);
            if (mark > 0 && isOfQueue(entry, mark)) {
                byPath.computeIfAbsent(entry.key().substring(0, mark), path -> new ArrayList<>())
                        .add(entry);
            }
        }
        List<Line> lines = new ArrayList<>();
        byPath.forEach((path, entries) -> lines.add(line(new QueuePath(path), state.revision(), entries)));
        return lines;
    }

    private static boolean isOfQueue(Entry entry, int mark) {
        try {
            QueuePath queue = new QueuePath(entry.key().substring(0, mark));
            if (entry.key().equals(queue.capacityKey())) {
                return Integer.parseInt(entry.text()) >= 0;
            }
            return (queue.isHolder(entry.key()) || queue.isWaiter(entry.key()))
                    && Ask.decode(entry.value()).capacity() > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Where claimants differ on the capacity, they may all be served by whoever takes it for greatest. */
    private static Line line(QueuePath queue, long revision, List<Entry> entries) {
        int capacity = entries.stream()
                .filter(entry -> !entry.key().equals(queue.capacityKey()))
                .mapToInt(entry -> Ask.decode(entry.value()).capacity())
                .max()
                .orElse(1);
        return Line.of(queue, capacity, new RangeResult(revision, entries, entries.size()));
    }
}
