package dev.coord.recipes.workload;

import dev.coord.recipes.lock.DeadlockException;
import dev.coord.recipes.lock.NaiveWaits;
import dev.coord.recipes.lock.OwnerClaims;
import dev.coord.recipes.lock.WaitGraph.Claimant;
import dev.coord.recipes.lock.WaitGraph.Queue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Knows which deadlocks there were in what was committed: whoever gives up was in one, and had closed it. */
final class DeadlockWatch {
    private static final int MOST_KEPT = 2_000;
    private static final int MOST_WAITING = 10;

    private final World world;
    private final String prefix;
    /** Who waited for ever, and since which revision, by revision. */
    private final TreeMap<Long, Map<String, Long>> stuck = new TreeMap<>();

    private int found;

    private final Map<String, Integer> capacities;

    DeadlockWatch(World world, String prefix, Map<String, Integer> capacities) {
        this.world = world;
        this.prefix = prefix;
        this.capacities = capacities;
    }

    void follow() {
        var state = world.cluster.committed(OwnerClaims.query(prefix));
        List<Queue> queues = OwnerClaims.queues(state).stream()
                .map(queue -> new Queue(
                        queue.path(), capacities.getOrDefault(queue.path(), 1), queue.holders(), queue.waiters()))
                .toList();
        Map<String, Long> since = new HashMap<>();
        for (Queue queue : queues) {
            queue.waiters().forEach(waiter -> since.merge(waiter.party(), waiter.since(), Math::max));
        }
        if (since.size() > MOST_WAITING || queues.stream().allMatch(queue -> isIdle(queue, since.keySet()))) {
            since.clear(); // too many for the definition, or none who waits holds
        } else {
            since.keySet().retainAll(NaiveWaits.stuck(queues));
        }
        stuck.put(state.revision(), since);
        if (stuck.size() > MOST_KEPT) {
            stuck.pollFirstEntry();
        }
    }

    private static boolean isIdle(Queue queue, Set<String> waiting) {
        return queue.holders().stream().map(Claimant::party).noneMatch(waiting::contains);
    }

    void found(String owner, DeadlockException deadlock) {
        found++;
        World.require(deadlock.owners().get(0).equals(owner), () -> owner + " is told of others: " + deadlock);
        Map<String, Long> then = at(deadlock.revision(), owner);
        World.require(then != null, () -> "no deadlock, yet " + owner + " is told: " + deadlock.getMessage());
        if (then != null) {
            long mine = then.getOrDefault(owner, 0L);
            for (String other : deadlock.owners()) {
                World.require(
                        then.getOrDefault(other, 0L) <= mine, // or has given up in a revision of the same moment
                        () -> "not " + owner + " has closed this: " + deadlock.getMessage() + " of " + then);
            }
        }
    }

    /** Several revisions may have come at once. */
    private @Nullable Map<String, Long> at(long revision, String owner) {
        Map.Entry<Long, Map<String, Long>> before = stuck.floorEntry(revision);
        Map.Entry<Long, Map<String, Long>> after = stuck.ceilingEntry(revision);
        if (before != null && before.getValue().containsKey(owner)) {
            return before.getValue();
        }
        return after != null && after.getValue().containsKey(owner) ? after.getValue() : null;
    }

    int found() {
        return found;
    }
}
