package dev.coord.bench.side;

import io.etcd.jetcd.Client;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Three members of etcd, and jetcd in this JVM. */
final class EtcdSide implements Side {
    static final String KEEP_ALIVE = CoordSide.KEEP_ALIVE;
    static final String KEEP_ALIVE_STREAM = KEEP_ALIVE + ".stream";

    private final EtcdMembers members;
    private final List<Client> clients = new ArrayList<>();
    private @Nullable EtcdLeases leases;

    private EtcdSide(Path directory) throws IOException {
        members = new EtcdMembers(directory);
    }

    /**
     * Serves measurements.
     *
     * @param args the directory to use, nothing, and the mode
     */
    public static void main(String[] args) {
        Path directory = Path.of(args[0]);
        Works.serve(() -> switch (Mode.valueOf(args[2])) {
            case RUNNING, GROWTH -> new EtcdSide(directory);
            case START -> new StartTrials(directory, EtcdSide::startAndWrite);
            case FAILOVER -> new FailoverTrials(new EtcdProcesses(directory));
        });
    }

    private static AutoCloseable startAndWrite(Path home) throws Exception {
        EtcdProcesses cluster = new EtcdProcesses(home);
        FailoverTrials.writeAtLast(cluster);
        return cluster;
    }

    @Override
    public void offer(Works works) throws Exception {
        String leader = members.awaitLeader(connect(members.endpoints().toArray(String[]::new)));
        Client client = connect(leader);
        Keys keys = new Keys(1000);
        EtcdStore store = new EtcdStore(List.of(client), StoreWorks.VALUE_BYTES);
        store.fill(keys.all());
        store.fill(WatchWorks.keys());
        StoreWorks.offer(works, store, keys);
        StoreWorks.offerSizes(works, bytes -> new EtcdStore(List.of(client), bytes), keys);
        List<Client> watchers = new ArrayList<>();
        for (int i = 0; i < EtcdWatching.CLIENTS; i++) {
            watchers.add(connect(members.endpoints().get(i % members.endpoints().size())));
        }
        RecipeWorks.offer(works, new EtcdRecipes(client, watchers.get(0)));
        WatchWorks.offer(works, new EtcdWatching(watchers, store));
        works.add(KEEP_ALIVE, window -> leases(client, leader).keepAliveOnce(window));
        works.add(KEEP_ALIVE_STREAM, window -> leases(client, leader).keepAliveStream(window));
    }

    /** Granted when they are asked for. */
    private EtcdLeases leases(Client client, String endpoint) throws Exception {
        EtcdLeases granted =
                leases == null ? new EtcdLeases(client, endpoint, new CpuClock(members.members())) : leases;
        leases = granted;
        return granted;
    }

    private Client connect(String... endpoints) {
        Client client = Client.builder().endpoints(endpoints).build();
        clients.add(client);
        return client;
    }

    @Override
    public void close() throws IOException {
        if (leases != null) {
            leases.close();
        }
        clients.forEach(Client::close);
        members.close();
    }
}
