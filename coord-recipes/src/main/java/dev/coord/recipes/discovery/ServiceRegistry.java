package dev.coord.recipes.discovery;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Presence;
import dev.coord.recipes.internal.PresencePath;
import dev.coord.recipes.mirror.MirrorSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Where the instances of services are found. Immutable; safe for use by any thread, and cheap to create.
 *
 * <p><b>What it promises.</b> An instance is listed from its registration until it is taken out or its session ends, and an
 * id has one instance of a service at a time. Callers look instances up in local memory through a {@link ServiceProvider},
 * which may lag; so an instance that was just picked may be gone, and callers must be ready for that.
 *
 * <p><b>What it costs.</b> To register, to change and to take out are one log entry each, as is the end of a session for all
 * its instances together; an instance watches its own key. A provider costs one read and one watch, whatever is picked.
 */
public final class ServiceRegistry {
    private final Coord coord;
    private final String path;

    private ServiceRegistry(Coord coord, String path) {
        this.coord = coord;
        this.path = path;
    }

    /**
     * Returns the registry of this name. Does not touch the store.
     *
     * @param coord the handle whose session registrations are to live by
     * @param path the registry's name, such as {@code /services}; an instance is a key {@code <path>/<service>/@<id>}
     * @return the registry
     * @throws IllegalArgumentException if the path is no proper key, ends with {@code /}, or has a part that begins with
     *     {@code @}
     */
    public static ServiceRegistry on(Coord coord, String path) {
        return new ServiceRegistry(
                requireNonNull(coord, "coord"), new PresencePath(requireNonNull(path, "path")).path());
    }

    private PresencePath pathOf(String service) {
        if (requireNonNull(service, "service").isEmpty()) {
            throw new IllegalArgumentException("a service without a name at " + path);
        }
        return new PresencePath(path + "/" + service);
    }

    /**
     * Registers an instance, if its id is free.
     *
     * @param service the name of the service
     * @param instance the instance; takes 1 MiB at most
     * @return the registration, empty if another instance of that id is registered
     * @throws InterruptedException if interrupted; then the instance is not registered
     * @throws dev.coord.UnavailableException if the store did not answer in time; should it have heard, it is undone
     * @throws dev.coord.CoordException as {@link dev.coord.kv.Kv} describes for writes, but never indeterminate
     * @throws IllegalArgumentException if the service or id makes no proper key, or the instance is too large
     */
    public Optional<Registration> register(String service, ServiceInstance instance) throws InterruptedException {
        return register(service, instance, Duration.ZERO);
    }

    /**
     * Registers an instance, and waits for its id if that is taken, as it is for a while after a restart.
     *
     * @param service the name of the service
     * @param instance the instance; takes 1 MiB at most
     * @param patience how long to wait for the id, not at all if not positive; to outlast a former session, more than its
     *     time to live
     * @return the registration, empty if another instance of that id is still registered
     * @throws InterruptedException if interrupted; then the instance is not registered
     * @throws dev.coord.CoordException as {@link #register(String, ServiceInstance)}
     * @throws IllegalArgumentException if the service or id makes no proper key, or the instance is too large
     */
    public Optional<Registration> register(String service, ServiceInstance instance, Duration patience)
            throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(
                coord, registerAsync(service, instance, patience), late -> late.ifPresent(Registration::closeAsync));
    }

    /**
     * Registers an instance without waiting on this thread.
     *
     * @param service the name of the service
     * @param instance the instance; takes 1 MiB at most
     * @param patience how long to wait for the id, not at all if not positive
     * @return the registration, empty if another instance of that id is still registered; fails as
     *     {@link #register(String, ServiceInstance)} does. Cancel the future to withdraw
     * @throws IllegalArgumentException if the service or id makes no proper key, or the instance is too large
     */
    public CompletableFuture<Optional<Registration>> registerAsync(
            String service, ServiceInstance instance, Duration patience) {
        requireNonNull(instance, "instance");
        requireNonNull(patience, "patience");
        String key = pathOf(service).key(instance.id());
        return Presence.claim(
                coord,
                key,
                InstanceCodec.INSTANCE.encode(instance),
                patience,
                answer -> answer instanceof Presence.Answer.Present present
                        ? Optional.of(new Registration(instance, present))
                        : Optional.empty());
    }

    /**
     * Lists the instances of a service by a linearizable read, whatever their health.
     *
     * @param service the name of the service
     * @return the instances in the order of their ids
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.UnavailableException if no Raft leader can be confirmed
     */
    public List<ServiceInstance> instances(String service) throws InterruptedException {
        RangeQuery all = RangeQuery.of(pathOf(service).range());
        MirrorSnapshot<ServiceInstance> state =
                MirrorSnapshot.of(coord.kv().range(all, Consistency.linearizable()), InstanceCodec.INSTANCE);
        return List.copyOf(state.values().values());
    }

    /**
     * Describes a provider of a service's instances.
     *
     * @param service the name of the service
     * @return a builder with the usual settings
     * @throws IllegalArgumentException if the name makes no proper key
     */
    public ServiceProviderBuilder provider(String service) {
        return new ServiceProviderBuilder(coord, pathOf(service));
    }

    @Override
    public String toString() {
        return "ServiceRegistry(" + path + ")";
    }
}
