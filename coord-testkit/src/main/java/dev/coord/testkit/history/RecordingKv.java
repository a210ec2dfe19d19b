package dev.coord.testkit.history;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Records reads and transactions; the short forms are transactions. */
record RecordingKv(Kv kv, Recorder recorder) implements Kv {

    @Override
    public Optional<Entry> get(String key, Consistency consistency) throws InterruptedException {
        return recorder.blocking(new Input.Get(key, consistency), () -> kv.get(key, consistency), RecordingKv::got);
    }

    @Override
    public CompletableFuture<Optional<Entry>> getAsync(String key, Consistency consistency) {
        return recorder.async(
                new Input.Get(key, consistency), () -> kv.getAsync(key, consistency), RecordingKv::got, found -> found);
    }

    private static Output got(Optional<Entry> found) {
        return new Output.Got(found.orElse(null));
    }

    @Override
    public RangeResult range(RangeQuery query, Consistency consistency) throws InterruptedException {
        return recorder.blocking(
                new Input.Range(query, consistency), () -> kv.range(query, consistency), Output.Ranged::new);
    }

    @Override
    public CompletableFuture<RangeResult> rangeAsync(RangeQuery query, Consistency consistency) {
        return recorder.async(
                new Input.Range(query, consistency),
                () -> kv.rangeAsync(query, consistency),
                Output.Ranged::new,
                result -> result);
    }

    @Override
    public Txn txn() {
        return new RecordingTxn(kv.txn(), recorder);
    }

    @Override
    public Kv withTimeout(Duration timeout) {
        return new RecordingKv(kv.withTimeout(timeout), recorder);
    }

    @Override
    public Kv waitingForRoom() {
        return new RecordingKv(kv.waitingForRoom(), recorder);
    }

    /** A transaction being built. */
    private static final class RecordingTxn implements Txn {
        private final Txn txn;
        private final Recorder recorder;
        private final List<Guard> guards = new ArrayList<>(2);
        private final List<Op> then = new ArrayList<>(2);
        private final List<Op> otherwise = new ArrayList<>(2);

        RecordingTxn(Txn txn, Recorder recorder) {
            this.txn = txn;
            this.recorder = recorder;
        }

        @Override
        public Txn when(Guard... more) {
            txn.when(more);
            Collections.addAll(guards, more);
            return this;
        }

        @Override
        public Txn then(Op... ops) {
            txn.then(ops);
            Collections.addAll(then, ops);
            return this;
        }

        @Override
        public Txn otherwise(Op... ops) {
            txn.otherwise(ops);
            Collections.addAll(otherwise, ops);
            return this;
        }

        @Override
        public TxnResult commit() throws InterruptedException {
            return recorder.blocking(new Input.Transact(guards, then, otherwise), txn::commit, Output.Transacted::new);
        }

        @Override
        public CompletableFuture<TxnResult> commitAsync() {
            return recorder.async(
                    new Input.Transact(guards, then, otherwise),
                    txn::commitAsync,
                    Output.Transacted::new,
                    result -> result);
        }
    }
}
