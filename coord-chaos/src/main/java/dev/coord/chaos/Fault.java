package dev.coord.chaos;

import java.io.IOException;
import java.util.Optional;

/**
 * A kind of fault. One instance serves a whole run: faults come one after the other, each {@linkplain #inject injected},
 * left for a time, and {@linkplain Injection#heal healed}. Called by the driver's thread only.
 */
public interface Fault {

    /**
     * Returns the name of the kind, as in {@code -Dchaos.faults=}.
     *
     * @return lower-case letters and dashes
     */
    String kind();

    /**
     * Tells why this machine cannot do it; such a fault is reported as not run, by name.
     *
     * @param machine what there is
     * @return the reason, empty if it can be done
     */
    default Optional<String> obstacle(Machine machine) {
        return Optional.empty();
    }

    /**
     * Tells whether it is among those that a run injects unless told which.
     *
     * @return false if it has to be asked for by its name
     */
    default boolean isUsual() {
        return true;
    }

    /**
     * Has a say in how peers are launched, before the first start of each: prefixes, environment, arguments of the JVM. What
     * a fault adds must do nothing until it is injected.
     *
     * @param peer the peer that is to be launched
     * @throws IOException if what it needs cannot be made
     */
    default void prepare(PeerProcess peer) throws IOException {}

    /**
     * Makes it happen, and returns when it has begun.
     *
     * @param scene whom it is meant for
     * @return what undoes it
     * @throws IOException if it cannot be done after all
     * @throws InterruptedException if interrupted
     */
    Injection inject(Scene scene) throws IOException, InterruptedException;

    /**
     * Releases what it holds on the machine, such as rules of a firewall, also after a run that failed.
     *
     * @throws IOException if that cannot be done
     */
    default void close() throws IOException {}
}
