package dev.coord.recipes.discovery;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * One process that offers a service. Immutable; the methods return changed copies.
 *
 * @param id its name, which one instance of the service has at a time; not empty
 * @param address where it is reached, in whatever form its callers understand
 * @param weight its share of the load in proportion to the others'; 0 for an instance that is known but not picked, as one
 *     that drains
 * @param metadata whatever else callers are to know
 */
public record ServiceInstance(String id, String address, double weight, Map<String, String> metadata) {

    /**
     * Creates an instance.
     *
     * @throws IllegalArgumentException if the id is empty, or the weight negative or not finite
     */
    public ServiceInstance {
        requireNonNull(address, "address");
        if (requireNonNull(id, "id").isEmpty()) {
            throw new IllegalArgumentException("empty id of the instance at " + address);
        }
        if (!(weight >= 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException(
                    "weight " + weight + " of instance " + id + "; it must be finite and not negative");
        }
        metadata = Map.copyOf(requireNonNull(metadata, "metadata"));
    }

    /**
     * Returns an instance of weight 1 without metadata.
     *
     * @param id its name
     * @param address where it is reached
     * @return the instance
     */
    public static ServiceInstance of(String id, String address) {
        return new ServiceInstance(id, address, 1, Map.of());
    }

    /**
     * Returns the instance with another weight.
     *
     * @param newWeight finite and not negative
     * @return the changed copy
     */
    public ServiceInstance withWeight(double newWeight) {
        return new ServiceInstance(id, address, newWeight, metadata);
    }

    /**
     * Returns the instance with other metadata.
     *
     * @param newMetadata replaces what there was
     * @return the changed copy
     */
    public ServiceInstance withMetadata(Map<String, String> newMetadata) {
        return new ServiceInstance(id, address, weight, newMetadata);
    }
}
