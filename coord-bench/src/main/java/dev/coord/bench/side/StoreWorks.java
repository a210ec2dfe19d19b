package dev.coord.bench.side;

import dev.coord.bench.Load;
import dev.coord.time.Ticker;
import java.util.List;
import java.util.function.IntFunction;

/** What is measured of a store. */
final class StoreWorks {
    static final List<Integer> WIDTHS = List.of(1, 16, 256, 1024);
    static final List<Integer> READ_WIDTHS = List.of(1, 256);
    static final int VALUE_BYTES = 128;

    /** What a raw log is given: a key and a value. */
    static final int ENTRY_BYTES = 160;

    static final List<Integer> SIZES = List.of(16, 1024, 16_384, 65_536);
    static final int TRANSACTION = 8;
    static final int RANGE = 100;
    static final int RIVALS = 8;

    private static final Ticker CLOCK = Ticker.system();

    private StoreWorks() {}

    static void offer(Works works, Store store, Keys keys) {
        works.add("put", WIDTHS, i -> store.put(keys.of(i)));
        works.add("put.1", window -> Load.oneByOne(window, i -> store.putNow(keys.of(i))));
        works.add("get.linearizable", READ_WIDTHS, i -> store.get(keys.of(i)));
        works.add("get.linearizable.1", window -> Load.oneByOne(window, i -> store.getNow(keys.of(i))));
        works.add("get.sequential", READ_WIDTHS, i -> store.getSequential(keys.of(i)));
        works.add("txn", READ_WIDTHS, i -> store.putAll(keys.some(i, TRANSACTION)));
        works.add("range", READ_WIDTHS, i -> store.range(keys.some(i, RANGE)));
        works.addCallers("cas", List.of(RIVALS), caller -> increment(store, keys.of(0)));
    }

    /** Offers writes of values of other sizes. */
    static void offerSizes(Works works, IntFunction<Store> stores, Keys keys) {
        for (int bytes : SIZES) {
            Store store = stores.apply(bytes);
            works.add("put.256.bytes-" + bytes, window -> Load.inFlight(256, window, i -> store.put(keys.of(i))));
        }
    }

    /** Tries until it succeeds, as callers do. */
    private static long increment(Store store, String key) throws Exception {
        long began = CLOCK.nanos();
        while (!store.increment(key).get()) {
            // Somebody else was quicker.
        }
        return CLOCK.nanos() - began;
    }
}
