package dev.coord.bench.side;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.options.GetOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The locks and elections of etcd through jetcd. A caller has a lease of its own, which outlasts the measurement. */
final class EtcdRecipes implements Recipes {
    private static final long LEASE_SECONDS = 3600;

    private final List<Client> sides;

    /** Takes two clients; locks are of the first. */
    EtcdRecipes(Client first, Client second) {
        this.sides = List.of(first, second);
    }

    private static long lease(Client client) throws ExecutionException, InterruptedException {
        return client.getLeaseClient().grant(LEASE_SECONDS).get().getID();
    }

    @Override
    public Mutex mutex(String name) throws ExecutionException, InterruptedException {
        Client client = sides.get(0);
        long lease = lease(client);
        return new Mutex() {
            private @Nullable ByteSequence held;

            @Override
            public void lock() throws ExecutionException, InterruptedException {
                held = client.getLockClient()
                        .lock(EtcdStore.bytes(name), lease)
                        .get()
                        .getKey();
            }

            @Override
            public void unlock() throws ExecutionException, InterruptedException {
                if (held != null) {
                    client.getLockClient().unlock(held).get();
                }
            }
        };
    }

    @Override
    public Candidate stand(String name, int side) throws ExecutionException, InterruptedException {
        Client client = sides.get(side);
        CompletableFuture<CampaignResponse> elected = client.getElectionClient()
                .campaign(EtcdStore.bytes(name), lease(client), EtcdStore.bytes("side " + side));
        return new Candidate() {
            @Override
            public CompletableFuture<?> elected() {
                return elected;
            }

            @Override
            public int standing() throws ExecutionException, InterruptedException {
                GetOption below =
                        GetOption.builder().isPrefix(true).withCountOnly(true).build();
                return (int) client.getKVClient()
                        .get(EtcdStore.bytes(name + "/"), below)
                        .get()
                        .getCount();
            }

            @Override
            public void leave() throws ExecutionException, InterruptedException {
                client.getElectionClient().resign(elected.join().getLeader()).get();
            }
        };
    }
}
