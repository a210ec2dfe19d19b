package dev.coord.bench.side;

import dev.coord.time.Ticker;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.maintenance.StatusResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
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
     * @param args the directory to use
     */
    public static void main(String[] args) {
        Works.serve(() -> new EtcdSide(Path.of(args[0])));
    }

    @Override
    public void offer(Works works) throws Exception {
        String leader = awaitLeader();
        Client client = connect(leader);
        Keys keys = new Keys(1000);
        EtcdStore store = new EtcdStore(List.of(client), StoreWorks.VALUE_BYTES);
        store.fill(keys.all());
        store.fill(WatchWorks.keys());
        StoreWorks.offer(works, store, keys);
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

    /** Returns the endpoint of the leader. */
    private String awaitLeader() throws IOException, InterruptedException {
        Client client = connect(members.endpoints().toArray(String[]::new));
        long end = Ticker.system().nanos() + Duration.ofSeconds(30).toNanos();
        while (Ticker.system().nanos() - end < 0) {
            for (String endpoint : members.endpoints()) {
                if (isLeader(client, endpoint)) {
                    return endpoint;
                }
            }
            LockSupport.parkNanos(50_000_000);
        }
        throw new IOException("etcd elected no leader");
    }

    private static boolean isLeader(Client client, String endpoint) throws InterruptedException {
        try {
            StatusResponse status =
                    client.getMaintenanceClient().statusMember(endpoint).get(2, TimeUnit.SECONDS);
            return status.getLeader() == status.getHeader().getMemberId();
        } catch (ExecutionException | TimeoutException e) {
            // Not up yet.
            return false;
        }
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
