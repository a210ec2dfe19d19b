package dev.coord.bench.side;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.ExponentialBackoffRetry;

/** Curator's recipes on ZooKeeper. */
final class CuratorRecipes implements Recipes, AutoCloseable {
    private final List<CuratorFramework> sides = new ArrayList<>();

    /** Opens a session at each of two servers; locks are of the first. */
    CuratorRecipes(String first, String second) {
        for (String address : List.of(first, second)) {
            CuratorFramework client = CuratorFrameworkFactory.newClient(address, new ExponentialBackoffRetry(1000, 3));
            client.start();
            sides.add(client);
        }
    }

    @Override
    public Mutex mutex(String name) {
        InterProcessMutex mutex = new InterProcessMutex(sides.get(0), name);
        return new Mutex() {
            @Override
            public void lock() throws Exception {
                mutex.acquire();
            }

            @Override
            public void unlock() throws Exception {
                mutex.release();
            }
        };
    }

    @Override
    public Candidate stand(String name, int side) throws Exception {
        LeaderLatch latch = new LeaderLatch(sides.get(side), name, "side " + side);
        CompletableFuture<Void> elected = new CompletableFuture<>();
        latch.addListener(new LeaderLatchListener() {
            @Override
            public void isLeader() {
                elected.complete(null);
            }

            @Override
            public void notLeader() {}
        });
        latch.start();
        return new Candidate() {
            @Override
            public CompletableFuture<?> elected() {
                return elected;
            }

            @Override
            public int standing() throws Exception {
                return latch.getParticipants().size();
            }

            @Override
            public void leave() throws IOException {
                latch.close();
            }
        };
    }

    @Override
    public void close() {
        sides.forEach(CuratorFramework::close);
    }
}
