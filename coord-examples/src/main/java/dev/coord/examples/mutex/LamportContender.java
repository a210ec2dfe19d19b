package dev.coord.examples.mutex;

import dev.coord.recipes.broadcast.BroadcastGroup;
import dev.coord.recipes.broadcast.LamportMutex;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Lamport's, by messages. */
final class LamportContender implements Contender {
    private final AtomicLong requests = new AtomicLong();
    private final Map<String, LamportMutex> members = new TreeMap<>();

    LamportContender(SimulatedCluster cluster) {
        for (String peer : cluster.ids()) {
            CountingMessenger messenger = new CountingMessenger(cluster.messenger(peer), requests);
            BroadcastGroup group = BroadcastGroup.on(cluster.coord(peer), messenger, "compared")
                    .withRetryEvery(Duration.ofMillis(500));
            members.put(peer, LamportMutex.open(group));
        }
    }

    private LamportMutex at(String peer) {
        LamportMutex mutex = members.get(peer);
        if (mutex == null) {
            throw new IllegalArgumentException("no member " + peer);
        }
        return mutex;
    }

    @Override
    public CompletableFuture<Grant> acquire(String peer) {
        return at(peer).acquireAsync().thenApply(handle -> () -> {
            handle.close();
            return CompletableFuture.completedFuture(null);
        });
    }

    Set<String> blockedBy(String peer) {
        return at(peer).blockedBy();
    }

    @Override
    public long messages() {
        return requests.get();
    }
}
