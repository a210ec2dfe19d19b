package dev.coord.recipes.detector;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.discovery.HealthCheck;
import dev.coord.recipes.discovery.ServiceInstance;
import java.util.function.Function;

/**
 * Lets a {@link dev.coord.recipes.discovery.ServiceProvider} pass over instances whose process is suspected. So a provider
 * stops picking a process that has died some seconds after its last heartbeat, where its lease would take its time to live.
 *
 * <p>An instance whose process is not a neighbour of the service passes: of it nothing is known. One that was not heard yet does
 * not. Does not block, safe for use by any thread.
 */
public final class HeartbeatHealth implements HealthCheck {
    private final HeartbeatService heartbeats;
    private final Function<ServiceInstance, String> memberOf;

    private HeartbeatHealth(HeartbeatService heartbeats, Function<ServiceInstance, String> memberOf) {
        this.heartbeats = heartbeats;
        this.memberOf = memberOf;
    }

    /**
     * Returns the check for instances whose id is that of the member that provides them.
     *
     * @param heartbeats judges the members; not closed by this
     * @return the check
     */
    public static HeartbeatHealth of(HeartbeatService heartbeats) {
        return of(heartbeats, ServiceInstance::id);
    }

    /**
     * Returns the check.
     *
     * @param heartbeats judges the members; not closed by this
     * @param memberOf the id of the member that provides an instance
     * @return the check
     */
    public static HeartbeatHealth of(HeartbeatService heartbeats, Function<ServiceInstance, String> memberOf) {
        return new HeartbeatHealth(requireNonNull(heartbeats, "heartbeats"), requireNonNull(memberOf, "memberOf"));
    }

    @Override
    public boolean isHealthy(ServiceInstance instance) {
        return heartbeats
                .status(memberOf.apply(instance))
                .map(status -> !status.suspected())
                .orElse(true);
    }
}
