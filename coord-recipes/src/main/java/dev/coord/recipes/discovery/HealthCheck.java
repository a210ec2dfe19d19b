package dev.coord.recipes.discovery;

/**
 * Says which instances may be picked, of those that are registered: a failure detector, a circuit breaker, a rule on their
 * metadata. An instance whose session has ended is not registered any more, whatever this says.
 *
 * <p>Asked at every pick, by the thread that picks, so it must not block; what takes time is to be found out elsewhere and
 * looked up here. Safe for use by any thread. What it throws is thrown by the pick.
 */
@FunctionalInterface
public interface HealthCheck {

    /**
     * Tells whether an instance may be picked.
     *
     * @param instance a registered instance
     * @return false to pass it over
     */
    boolean isHealthy(ServiceInstance instance);

    /**
     * Returns the check that passes what this and another pass.
     *
     * @param other asked only about what this passes
     * @return both together
     */
    default HealthCheck and(HealthCheck other) {
        return instance -> isHealthy(instance) && other.isHealthy(instance);
    }
}
