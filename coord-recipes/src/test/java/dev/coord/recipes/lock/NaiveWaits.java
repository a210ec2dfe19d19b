package dev.coord.recipes.lock;

import dev.coord.recipes.lock.WaitGraph.Claimant;
import dev.coord.recipes.lock.WaitGraph.Queue;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Who waits for ever, by definition: the union of all sets of parties of whom none could be served if there were no others. */
public final class NaiveWaits {
    private NaiveWaits() {}

    public static Set<String> stuck(List<Queue> queues) {
        Set<String> waiting = new LinkedHashSet<>();
        queues.forEach(queue -> queue.waiters().forEach(waiter -> waiting.add(waiter.party())));
        List<String> all = List.copyOf(waiting);
        Set<String> stuck = new HashSet<>();
        for (int bits = 1; bits < 1 << all.size(); bits++) {
            Set<String> some = new HashSet<>();
            for (int i = 0; i < all.size(); i++) {
                if ((bits >> i & 1) != 0) {
                    some.add(all.get(i));
                }
            }
            if (some.stream().allMatch(party -> isBlocked(party, some, queues))) {
                stuck.addAll(some);
            }
        }
        return stuck;
    }

    private static boolean isBlocked(String party, Set<String> present, List<Queue> queues) {
        return queues.stream()
                .anyMatch(queue -> queue.waiters().stream()
                        .anyMatch(waiter -> waiter.party().equals(party) && !hasRoom(waiter, present, queue)));
    }

    private static boolean hasRoom(Claimant waiter, Set<String> present, Queue queue) {
        long used = queue.holders().stream()
                .filter(holder -> present.contains(holder.party()))
                .mapToLong(Claimant::permits)
                .sum();
        for (Claimant one : queue.waiters()) {
            if (present.contains(one.party())) {
                used += one.permits();
            }
            if (used > queue.capacity()) {
                return false;
            }
            if (one.equals(waiter)) {
                return true;
            }
        }
        throw new AssertionError(waiter + " is not in " + queue);
    }
}
