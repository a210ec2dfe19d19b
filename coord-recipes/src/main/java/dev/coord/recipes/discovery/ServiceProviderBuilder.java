package dev.coord.recipes.discovery;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.recipes.internal.PresencePath;
import org.jspecify.annotations.Nullable;

/** Describes a {@link ServiceProvider}. Not safe for use by several threads. */
public final class ServiceProviderBuilder {
    final Coord coord;
    final PresencePath path;
    PickStrategy strategy = PickStrategy.roundRobin();

    @Nullable
    HealthCheck health;

    DownPolicy downPolicy = DownPolicy.usual();

    ServiceProviderBuilder(Coord coord, PresencePath path) {
        this.coord = coord;
        this.path = path;
    }

    /**
     * Sets how an instance is chosen.
     *
     * @param pick {@link PickStrategy#roundRobin()} if not set
     * @return this
     */
    public ServiceProviderBuilder strategy(PickStrategy pick) {
        strategy = requireNonNull(pick, "pick");
        return this;
    }

    /**
     * Sets which instances may be chosen.
     *
     * @param check if none is set, all that are registered may be chosen
     * @return this
     */
    public ServiceProviderBuilder healthCheck(HealthCheck check) {
        health = requireNonNull(check, "check");
        return this;
    }

    /**
     * Sets when an instance that was reported is passed over.
     *
     * @param policy {@link DownPolicy#usual()} if not set
     * @return this
     */
    public ServiceProviderBuilder downPolicy(DownPolicy policy) {
        downPolicy = requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Starts the provider. Does not wait; see {@link ServiceProvider#awaitReady()}.
     *
     * @return the provider; close it when done
     */
    public ServiceProvider start() {
        return new ServiceProvider(this);
    }
}
