package dev.coord.recipes.discovery;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stays with an instance; one that registers anew with another address is another one. */
final class StickyPick implements PickStrategy {
    private final PickStrategy first;
    private volatile @Nullable ServiceInstance chosen;

    StickyPick(PickStrategy first) {
        this.first = first;
    }

    @Override
    public ServiceInstance pick(List<ServiceInstance> candidates, @Nullable String requestKey) {
        ServiceInstance before = chosen;
        if (before != null) {
            for (ServiceInstance candidate : candidates) {
                if (candidate.id().equals(before.id()) && candidate.address().equals(before.address())) {
                    return candidate;
                }
            }
        }
        ServiceInstance next = first.pick(candidates, requestKey);
        chosen = next;
        return next;
    }
}
