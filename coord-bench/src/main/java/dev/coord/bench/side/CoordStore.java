package dev.coord.bench.side;

import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Coord's store at one peer. */
final class CoordStore implements Store {
    private static final Consistency LINEARIZABLE = Consistency.linearizable();
    private static final Consistency SEQUENTIAL = Consistency.sequential();

    private final Kv kv;
    private final Value value;

    CoordStore(Kv kv, int valueBytes) {
        this.kv = kv;
        this.value = Value.of(new byte[valueBytes]);
    }

    /** Makes the keys exist. */
    void fill(List<String> keys) throws Exception {
        Pipeline.run(keys, this::put);
    }

    @Override
    public CompletableFuture<?> put(String key) {
        return kv.putAsync(key, value);
    }

    @Override
    public void putNow(String key) throws InterruptedException {
        kv.put(key, value);
    }

    @Override
    public CompletableFuture<?> get(String key) {
        return kv.getAsync(key, LINEARIZABLE);
    }

    @Override
    public void getNow(String key) throws InterruptedException {
        kv.get(key, LINEARIZABLE);
    }

    @Override
    public CompletableFuture<?> getSequential(String key) {
        return kv.getAsync(key, SEQUENTIAL);
    }

    void getSequentialNow(String key) throws InterruptedException {
        kv.get(key, SEQUENTIAL);
    }

    @Override
    public CompletableFuture<Boolean> increment(String key) {
        return kv.getAsync(key, LINEARIZABLE)
                .thenCompose(
                        entry -> kv.compareAndSetAsync(key, entry.orElseThrow().modRevision(), value));
    }

    @Override
    public CompletableFuture<?> putAll(List<String> keys) {
        Op[] puts = keys.stream().map(key -> Op.put(key, value)).toArray(Op[]::new);
        return kv.txn().then(puts).commitAsync();
    }

    @Override
    public CompletableFuture<?> range(List<String> keys) {
        KeyRange range = KeyRange.between(keys.get(0), keys.get(keys.size() - 1) + "~");
        return kv.rangeAsync(RangeQuery.of(range), LINEARIZABLE);
    }
}
