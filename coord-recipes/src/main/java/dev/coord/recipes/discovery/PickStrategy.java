package dev.coord.recipes.discovery;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.internal.RendezvousHash;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses one of several instances. Safe for use by any thread; never waits. A strategy may have a memory, so give each
 * {@link ServiceProvider} one of its own.
 */
@FunctionalInterface
public interface PickStrategy {

    /**
     * Chooses.
     *
     * @param candidates instances that may be picked, in the order of their ids; not empty, all of positive weight
     * @param requestKey what the request is about, null if the caller did not say
     * @return one of them
     */
    ServiceInstance pick(List<ServiceInstance> candidates, @Nullable String requestKey);

    /**
     * Returns the strategy that takes one instance after the other, in the order of their ids. Weights do not matter. Takes
     * constant time.
     *
     * @return a new strategy
     */
    static PickStrategy roundRobin() {
        AtomicInteger turns = new AtomicInteger();
        return (candidates, key) -> candidates.get(Math.floorMod(turns.getAndIncrement(), candidates.size()));
    }

    /**
     * Returns the strategy that picks by chance, in proportion to weights. Takes a step for each candidate.
     *
     * @param random the source of chance; need not be safe for use by several threads, if nobody else uses it
     * @return a new strategy
     */
    static PickStrategy random(RandomGenerator random) {
        return new RandomPick(requireNonNull(random, "random"));
    }

    /**
     * Returns the strategy that stays with an instance as long as it may be picked.
     *
     * @param first chooses the instance to stay with, and the next when that is gone
     * @return a new strategy
     */
    static PickStrategy sticky(PickStrategy first) {
        return new StickyPick(requireNonNull(first, "first"));
    }

    /**
     * Returns the strategy that picks by the request's key: the same instance for the same key at every caller, keys in
     * proportion to weights, and when an instance comes or goes only its own keys move (weighted rendezvous hashing,
     * Thaler and Ravishankar 1998). Takes a step for each candidate.
     *
     * @return the strategy, which has no memory; it throws {@link IllegalArgumentException} if there is no key
     */
    static PickStrategy rendezvous() {
        return (candidates, key) -> {
            if (key == null) {
                throw new IllegalArgumentException("rendezvous hashing picks by a key; call pick(requestKey)");
            }
            return RendezvousHash.pick(key, candidates, ServiceInstance::id, ServiceInstance::weight)
                    .orElseThrow();
        };
    }
}
