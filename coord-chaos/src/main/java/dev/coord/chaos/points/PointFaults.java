package dev.coord.chaos.points;

import dev.coord.chaos.Fault;
import dev.coord.chaos.FaultSource;
import java.util.List;

/** Death at places in the code. */
public final class PointFaults implements FaultSource {

    /** For the service loader. */
    public PointFaults() {}

    @Override
    public List<Fault> faults() {
        return List.of(new KillAtPoint(), new InstallDeath());
    }
}
