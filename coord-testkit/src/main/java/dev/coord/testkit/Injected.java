package dev.coord.testkit;

import dev.coord.Coord;
import java.lang.reflect.Parameter;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** What {@link CoordExtension} injects. */
final class Injected {
    static final Set<Class<?>> TYPES =
            Set.of(Coord.class, TestCluster.class, Faults.class, SimulatedCluster.class, SimulatedFaults.class);
    static final String NOT_SIMULATED = "the peers are real; add .simulated() to the CoordExtension";

    private Injected() {}

    static Object of(TestCluster cluster, Parameter parameter, Optional<String> peer) {
        Class<?> type = parameter.getType();
        if (type == Coord.class) {
            return cluster.coord(peer.orElse(cluster.ids().get(0)));
        }
        if (peer.isPresent()) {
            throw new ParameterResolutionException("@Peer stands before a Coord, not before " + parameter);
        }
        Object wanted = TestCluster.class.isAssignableFrom(type) ? cluster : cluster.faults();
        if (!type.isInstance(wanted)) {
            throw new ParameterResolutionException("no " + type.getSimpleName() + " here: " + NOT_SIMULATED);
        }
        return wanted;
    }
}
