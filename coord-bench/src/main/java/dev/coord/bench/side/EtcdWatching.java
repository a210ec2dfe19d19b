package dev.coord.bench.side;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntConsumer;

/** The watches of etcd through jetcd, spread over clients. */
final class EtcdWatching implements Watching {
    static final int CLIENTS = 10;

    private final List<Client> clients;
    private final EtcdStore writer;

    EtcdWatching(List<Client> clients, EtcdStore writer) {
        this.clients = clients;
        this.writer = writer;
    }

    @Override
    public void watch(String key, int watcher, IntConsumer events) throws ExecutionException, InterruptedException {
        CompletableFuture<Void> created = new CompletableFuture<>();
        clients.get(watcher % clients.size())
                .getWatchClient()
                .watch(
                        EtcdStore.bytes(key),
                        WatchOption.builder().withCreateNotify(true).build(),
                        Watch.listener(
                                response -> {
                                    if (response.isCreatedNotify()) {
                                        created.complete(null);
                                    }
                                    events.accept(response.getEvents().size());
                                },
                                created::completeExceptionally));
        created.get();
    }

    @Override
    public CompletableFuture<?> change(String key) {
        return writer.put(key);
    }
}
