package dev.coord.bench.side;

import java.nio.file.Path;

/** Three peers of Coord in three processes; the callers are at the Raft leader. */
final class CoordSpread implements Side {
    private final CoordProcesses processes;

    CoordSpread(Path directory) throws Exception {
        processes = new CoordProcesses(directory);
    }

    @Override
    public void offer(Works works) throws Exception {
        processes.leadHere();
        Keys keys = new Keys(1000);
        CoordStore store = new CoordStore(processes.coord().kv(), StoreWorks.VALUE_BYTES);
        store.fill(keys.all());
        StoreWorks.offer(works, store, keys);
    }

    @Override
    public void close() throws Exception {
        processes.close();
    }
}
