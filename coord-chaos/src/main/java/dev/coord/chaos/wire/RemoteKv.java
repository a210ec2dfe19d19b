package dev.coord.chaos.wire;

import dev.coord.CoordException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.raft.internal.codec.CommandCodec;
import dev.coord.raft.internal.codec.ResultCodec;
import dev.coord.raft.internal.codec.ValueCodec;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Proposal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The operations of a peer's handle. */
record RemoteKv(Link link, Duration timeout) implements Kv {

    static <T> T join(CompletableFuture<T> outcome) throws InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CoordException failure) {
                throw failure;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public Optional<Entry> get(String key, Consistency consistency) throws InterruptedException {
        return join(getAsync(key, consistency));
    }

    @Override
    public CompletableFuture<Optional<Entry>> getAsync(String key, Consistency consistency) {
        return link.ask(
                Verb.GET,
                out -> Values.putConsistency(out.putNumber(timeout.toNanos()).putText(key), consistency),
                in -> Optional.ofNullable(ValueCodec.getOptionalEntry(in)));
    }

    @Override
    public RangeResult range(RangeQuery query, Consistency consistency) throws InterruptedException {
        return join(rangeAsync(query, consistency));
    }

    @Override
    public CompletableFuture<RangeResult> rangeAsync(RangeQuery query, Consistency consistency) {
        return link.ask(
                Verb.RANGE,
                out -> {
                    out.putNumber(timeout.toNanos());
                    ValueCodec.putQuery(out, query);
                    Values.putConsistency(out, consistency);
                },
                ValueCodec::getRangeResult);
    }

    @Override
    public Txn txn() {
        return new RemoteTxn(link, timeout);
    }

    @Override
    public Kv withTimeout(Duration other) {
        return new RemoteKv(link, other);
    }

    @Override
    public Kv waitingForRoom() {
        return this;
    }

    private static final class RemoteTxn implements Txn {
        private final Link link;
        private final Duration timeout;
        private final List<Guard> guards = new ArrayList<>();
        private final List<Op> then = new ArrayList<>();
        private final List<Op> otherwise = new ArrayList<>();

        RemoteTxn(Link link, Duration timeout) {
            this.link = link;
            this.timeout = timeout;
        }

        @Override
        public Txn when(Guard... more) {
            guards.addAll(List.of(more));
            return this;
        }

        @Override
        public Txn then(Op... more) {
            then.addAll(List.of(more));
            return this;
        }

        @Override
        public Txn otherwise(Op... more) {
            otherwise.addAll(List.of(more));
            return this;
        }

        @Override
        public TxnResult commit() throws InterruptedException {
            return join(commitAsync());
        }

        @Override
        public CompletableFuture<TxnResult> commitAsync() {
            byte[] asked = CommandCodec.encode(
                    List.of(Proposal.sessionless(1, new Command.Transact(guards, then, otherwise))));
            return link.ask(
                    Verb.TRANSACT, out -> out.putNumber(timeout.toNanos()).putBytes(asked), ResultCodec::getTxn);
        }
    }
}
