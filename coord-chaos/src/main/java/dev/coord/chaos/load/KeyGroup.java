package dev.coord.chaos.load;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * A few keys that a few users share, for a while: then come others. The search for an order of the operations on a key takes
 * time that grows with what overlaps, so no key has many users or operations.
 */
final class KeyGroup {
    private static final int KEYS = 4;
    private static final int OPERATIONS = 1_200;

    private final String prefix;
    private final AtomicLong operations = new AtomicLong();

    KeyGroup(int number) {
        prefix = "/kv/g" + number + "/";
    }

    /** The keys for the next operation. */
    Round next() {
        return new Round(prefix + operations.incrementAndGet() / OPERATIONS + "/");
    }

    /** The keys of a while. */
    record Round(String prefix) {
        String key(int number) {
            return prefix + "k" + Math.floorMod(number, KEYS);
        }

        String counter() {
            return prefix + "sum";
        }

        List<String> keys() {
            return IntStream.range(0, KEYS).mapToObj(this::key).toList();
        }
    }
}
