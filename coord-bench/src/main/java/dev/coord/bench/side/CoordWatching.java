package dev.coord.bench.side;

import dev.coord.Coord;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Value;
import dev.coord.watch.WatchSpec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/** Coord's watches, spread over peers. */
final class CoordWatching implements Watching {
    private final List<Coord> peers;
    private final Value value = Value.of(new byte[StoreWorks.VALUE_BYTES]);

    /** Takes a session at each peer; the first writes. */
    CoordWatching(List<Coord> peers) {
        this.peers = peers;
    }

    @Override
    public void watch(String key, int watcher, IntConsumer events) throws InterruptedException {
        Coord peer = peers.get(watcher % peers.size());
        // What was written before must not be told.
        long revision = peer.kv().get(key).orElseThrow().modRevision();
        peer.watch(WatchSpec.of(KeyRange.key(key)).from(revision + 1), (at, changes) -> events.accept(changes.size()));
    }

    @Override
    public CompletableFuture<?> change(String key) {
        return peers.get(0).kv().putAsync(key, value);
    }
}
