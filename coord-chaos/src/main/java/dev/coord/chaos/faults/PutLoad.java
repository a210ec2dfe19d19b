package dev.coord.chaos.faults;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.chaos.load.Door;
import dev.coord.chaos.wire.DriverThreads;
import dev.coord.chaos.wire.RemoteCoord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One writer at each peer, whose puts are numbered, and what came of them. Each key has one writer, so what must be found under it
 * is what was acknowledged last, or something later that the writer was not told of.
 */
final class PutLoad {
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final List<Door> doors;
    private final DriverThreads threads;
    private final String padding;
    private final int keys;
    private final long pauseNanos;
    private final Map<String, Integer> acknowledged = new ConcurrentSkipListMap<>();
    private final Map<String, Integer> acknowledgements = new ConcurrentSkipListMap<>();
    private final List<Thread> writers = new ArrayList<>();
    private volatile boolean stopped;

    /**
     * Writes nothing yet.
     *
     * @param valueBytes how large values are, about
     * @param keys how many each writer takes in turns; 0 for a new one each time
     */
    PutLoad(List<Door> doors, DriverThreads threads, int valueBytes, int keys, Duration pause) {
        this.doors = doors;
        this.threads = threads;
        this.padding = "x".repeat(valueBytes);
        this.keys = keys;
        this.pauseNanos = pause.toNanos();
    }

    /** Starts the writers, on keys below a prefix. */
    void start(String prefix) {
        stopped = false;
        for (Door door : doors) {
            Thread writer = new Thread(() -> write(door, prefix + door.id() + "/"), "writer-" + door.id());
            writer.setDaemon(true);
            writers.add(writer);
            writer.start();
        }
    }

    private void write(Door door, String prefix) {
        int number = 0;
        while (!stopped) {
            try (Coord coord = open(door)) {
                while (!stopped) {
                    number++;
                    String key = prefix + (keys == 0 ? number : number % keys);
                    coord.kv().withTimeout(PATIENCE).put(key, number + ":" + padding);
                    acknowledged.put(key, number);
                    acknowledgements.merge(door.id(), 1, Integer::sum);
                    LockSupport.parkNanos(pauseNanos);
                }
            } catch (IOException | CoordException | IllegalStateException e) {
                LockSupport.parkNanos(RETRY_NANOS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private Coord open(Door door) throws IOException, InterruptedException {
        return RemoteCoord.open(door.id(), door.host(), door.port(), TTL, PATIENCE.multipliedBy(2), threads);
    }

    /** Ends the writers; what they are about may still happen. */
    void stop() throws InterruptedException {
        stopped = true;
        for (Thread writer : writers) {
            writer.join(PATIENCE.multipliedBy(8).toMillis());
        }
        writers.clear();
    }

    /** How many puts were acknowledged, at peers other than one. */
    int acknowledgedBesides(String peer) {
        return acknowledgements.entrySet().stream()
                .filter(each -> !each.getKey().equals(peer))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    int acknowledged() {
        return acknowledgedBesides("");
    }

    /** Reads all that was written, through each peer; returns what is lost, if anything is. */
    List<String> lost(String prefix) throws IOException, InterruptedException {
        List<String> lost = new ArrayList<>();
        for (Door door : doors) {
            try (Coord coord = open(door)) {
                Map<String, Integer> found = new TreeMap<>();
                for (Door writer : doors) {
                    collect(coord, prefix + writer.id() + "/", found);
                }
                acknowledged.forEach((key, number) -> {
                    if (key.startsWith(prefix) && found.getOrDefault(key, 0) < number) {
                        lost.add(door.id() + " has " + found.get(key) + " under " + key + ", acknowledged was "
                                + number);
                    }
                });
            }
        }
        return lost;
    }

    /** Deletes what was written, for small disks; it can no longer be looked for. */
    void clear(String prefix) throws IOException, InterruptedException {
        try (Coord coord = open(doors.get(0))) {
            for (String key : List.copyOf(acknowledged.keySet())) {
                if (key.startsWith(prefix)) {
                    coord.kv().delete(key);
                    acknowledged.remove(key);
                }
            }
        }
    }

    private static void collect(Coord coord, String prefix, Map<String, Integer> found) throws InterruptedException {
        RangeQuery query = RangeQuery.of(KeyRange.prefix(prefix));
        for (Entry entry : coord.kv().range(query, Consistency.linearizable()).entries()) {
            String text = entry.text();
            found.put(entry.key(), Integer.parseInt(text.substring(0, text.indexOf(':'))));
        }
    }
}
