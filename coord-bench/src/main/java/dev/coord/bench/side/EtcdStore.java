package dev.coord.bench.side;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** The store of etcd through jetcd. */
final class EtcdStore implements Store {
    private static final GetOption SERIALIZABLE =
            GetOption.builder().withSerializable(true).build();

    private final List<KV> clients;
    private final AtomicInteger turn = new AtomicInteger();
    private final ByteSequence value;

    /** Takes clients that are used in turns. */
    EtcdStore(List<Client> clients, int valueBytes) {
        this.clients = clients.stream().map(Client::getKVClient).toList();
        this.value = ByteSequence.from(new byte[valueBytes]);
    }

    static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.US_ASCII);
    }

    private KV kv() {
        return clients.get(Math.floorMod(turn.getAndIncrement(), clients.size()));
    }

    /** Makes the keys exist. */
    void fill(List<String> keys) throws Exception {
        Pipeline.run(keys, this::put);
    }

    @Override
    public CompletableFuture<?> put(String key) {
        return kv().put(bytes(key), value);
    }

    @Override
    public CompletableFuture<?> get(String key) {
        return kv().get(bytes(key));
    }

    @Override
    public CompletableFuture<?> getSequential(String key) {
        return kv().get(bytes(key), SERIALIZABLE);
    }

    @Override
    public CompletableFuture<Boolean> increment(String key) {
        ByteSequence name = bytes(key);
        return kv().get(name).thenCompose(found -> compareAndSet(name, found)).thenApply(TxnResponse::isSucceeded);
    }

    private CompletableFuture<TxnResponse> compareAndSet(ByteSequence key, GetResponse found) {
        long revision = found.getKvs().get(0).getModRevision();
        return kv().txn()
                .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(revision)))
                .Then(Op.put(key, value, PutOption.DEFAULT))
                .commit();
    }

    @Override
    public CompletableFuture<?> putAll(List<String> keys) {
        Op[] puts = keys.stream()
                .map(key -> Op.put(bytes(key), value, PutOption.DEFAULT))
                .toArray(Op[]::new);
        return kv().txn().Then(puts).commit();
    }

    @Override
    public CompletableFuture<?> range(List<String> keys) {
        ByteSequence end = bytes(keys.get(keys.size() - 1) + "~");
        return kv().get(bytes(keys.get(0)), GetOption.builder().withRange(end).build());
    }
}
