package dev.coord.recipes.discovery;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Picks by chance, in proportion to weights. */
final class RandomPick implements PickStrategy {
    private final RandomGenerator random;

    RandomPick(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public ServiceInstance pick(List<ServiceInstance> candidates, @Nullable String requestKey) {
        double total = 0;
        for (ServiceInstance candidate : candidates) {
            total += candidate.weight();
        }
        double left = draw() * total;
        for (ServiceInstance candidate : candidates) {
            left -= candidate.weight();
            if (left < 0) {
                return candidate;
            }
        }
        return candidates.get(candidates.size() - 1); // where rounding leaves nobody
    }

    /** Most generators are not made for several threads. */
    private synchronized double draw() {
        return random.nextDouble();
    }
}
