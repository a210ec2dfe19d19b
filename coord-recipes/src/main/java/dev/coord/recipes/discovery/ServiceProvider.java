package dev.coord.recipes.discovery;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.PresencePath;
import dev.coord.recipes.mirror.KeyMirror;
import dev.coord.recipes.mirror.MirrorEntry;
import dev.coord.recipes.mirror.MirrorSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Picks instances of a service from local memory, which follows the registry as a {@link KeyMirror} does. Usable from any
 * thread; picking never waits.
 *
 * <p>An instance may be picked while it is registered, that is to say its session lives; its weight is not 0; the
 * {@link HealthCheck} passes it; and callers of this provider have not {@linkplain #reportFailure reported} it too often of
 * late ({@link DownPolicy}, as Curator's down-instance policy). There may be none, which is an empty answer and not an error.
 *
 * <p>Where the registry cannot be reached, and after the peer has closed, a provider goes on with the instances it knows.
 * A pick takes a step for each instance if there is a health check or a report, and what the {@link PickStrategy} takes.
 */
public final class ServiceProvider implements AutoCloseable {
    private final PresencePath path;
    private final PickStrategy strategy;
    private final @Nullable HealthCheck health;
    private final DownList downs;
    private final KeyMirror<ServiceInstance> mirror;
    private volatile @Nullable Listed listed;

    ServiceProvider(ServiceProviderBuilder builder) {
        path = builder.path;
        strategy = builder.strategy;
        health = builder.health;
        downs = new DownList(builder.downPolicy, builder.coord.ticker());
        mirror = KeyMirror.of(builder.coord, path.range(), InstanceCodec.INSTANCE)
                .start();
    }

    /** The instances with a weight, derived from a snapshot. */
    private record Listed(
            MirrorSnapshot<ServiceInstance> of,
            List<MirrorEntry<ServiceInstance>> entries,
            List<ServiceInstance> instances) {}

    private Listed listed() {
        MirrorSnapshot<ServiceInstance> newest = mirror.snapshot();
        Listed known = listed;
        if (known != null && known.of().sharesAllWith(newest)) {
            return known;
        }
        List<MirrorEntry<ServiceInstance>> entries = newest.entries().values().stream()
                .filter(entry -> entry.value().weight() > 0)
                .toList();
        Listed now = new Listed(
                newest, entries, entries.stream().map(MirrorEntry::value).toList());
        listed = now;
        return now;
    }

    /**
     * Returns a signal for the first list of instances.
     *
     * @return completes when instances may be picked; fails with the {@link CoordException} that ended the provider before.
     *     While no Raft leader can be confirmed, neither happens
     */
    public CompletableFuture<Void> ready() {
        return mirror.ready();
    }

    /**
     * Waits for the first list of instances.
     *
     * @return this provider, ready
     * @throws InterruptedException if interrupted while waiting; the provider goes on
     * @throws CoordException as {@link #ready()} fails
     */
    public ServiceProvider awaitReady() throws InterruptedException {
        mirror.awaitReady();
        return this;
    }

    /**
     * Picks an instance.
     *
     * @return the instance, empty if none may be picked
     * @throws IllegalStateException if the provider is not {@linkplain #ready() ready}
     * @throws IllegalArgumentException if the strategy picks by a key
     */
    public Optional<ServiceInstance> pick() {
        return choose(null);
    }

    /**
     * Picks an instance for a request.
     *
     * @param requestKey what the request is about, for strategies that ask
     * @return the instance, empty if none may be picked
     * @throws IllegalStateException if the provider is not {@linkplain #ready() ready}
     */
    public Optional<ServiceInstance> pick(String requestKey) {
        return choose(requireNonNull(requestKey, "requestKey"));
    }

    private Optional<ServiceInstance> choose(@Nullable String requestKey) {
        List<ServiceInstance> candidates = candidates();
        return candidates.isEmpty() ? Optional.empty() : Optional.of(strategy.pick(candidates, requestKey));
    }

    /**
     * Returns the instances that may be picked now.
     *
     * @return the instances in the order of their ids
     * @throws IllegalStateException if the provider is not {@linkplain #ready() ready}
     */
    public List<ServiceInstance> candidates() {
        Listed now = listed();
        if (health == null && downs.isEmpty()) {
            return now.instances();
        }
        List<ServiceInstance> healthy = new ArrayList<>();
        for (MirrorEntry<ServiceInstance> entry : now.entries()) {
            boolean down = downs.isDown(entry.key(), entry.entry().createRevision());
            if (!down && (health == null || health.isHealthy(entry.value()))) {
                healthy.add(entry.value());
            }
        }
        return List.copyOf(healthy);
    }

    /**
     * Returns all registered instances, whatever their health.
     *
     * @return the instances in the order of their ids, the last ones known once the provider has ended
     * @throws IllegalStateException if the provider is not {@linkplain #ready() ready}
     */
    public List<ServiceInstance> instances() {
        return List.copyOf(mirror.snapshot().values().values());
    }

    /**
     * Counts a failed call of an instance. What is counted is known to this provider alone, and forgotten when the instance
     * registers anew.
     *
     * @param instance as it was picked
     * @return true if the instance is passed over now; false also if it is not registered so any more
     * @throws IllegalStateException if the provider is not {@linkplain #ready() ready}
     */
    public boolean reportFailure(ServiceInstance instance) {
        MirrorSnapshot<ServiceInstance> newest = mirror.snapshot();
        String key = path.key(instance.id());
        return newest.entry(key)
                .filter(entry -> entry.value().address().equals(instance.address()))
                .map(entry -> downs.report(
                        key, entry.entry().createRevision(), newest.values().keySet()))
                .orElse(false);
    }

    /**
     * Waits until this provider has caught up with a write, such as a {@linkplain Registration#fencingToken() registration},
     * at most 10 s.
     *
     * @param revision the revision of the write
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.UnavailableException if it does not come in time
     * @throws CoordException why the provider has ended, if it has
     */
    public void awaitRevision(long revision) throws InterruptedException {
        mirror.awaitRevision(revision);
    }

    /**
     * Tells when this provider has caught up with a write, for at most 10 s.
     *
     * @param revision the revision of the write
     * @param patience how long to wait; positive
     * @return completes then; fails as {@link #awaitRevision} does
     */
    public CompletableFuture<Void> awaitRevisionAsync(long revision, Duration patience) {
        return Async.map(mirror.awaitRevisionAsync(revision, patience), caughtUp -> null);
    }

    /** Ends the provider. Does not wait. Safe to repeat. */
    @Override
    public void close() {
        mirror.close();
    }

    @Override
    public String toString() {
        return "ServiceProvider(" + path.path() + ")";
    }
}
