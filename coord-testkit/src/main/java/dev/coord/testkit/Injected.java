package dev.coord.testkit;

import dev.coord.Coord;
import java.lang.reflect.Parameter;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** What {@link CoordExtension} injects. */
final class Injected {
    static final Set<Class<?>> TYPES = Set.of(Coord.class, TestCluster.class, Faults.class);

    private Injected() {}

    static Object of(TestCluster cluster, Parameter parameter, Optional<String> peer) {
        Class<?> type = parameter.getType();
        if (type == Coord.class) {
            return cluster.coord(peer.orElse(cluster.ids().get(0)));
        }
        if (peer.isPresent()) {
            throw new ParameterResolutionException("@Peer stands before a Coord, not before " + parameter);
        }
        return type == TestCluster.class ? cluster : cluster.faults();
    }
}
