package dev.coord.chaos.process;

import dev.coord.chaos.Fault;
import dev.coord.chaos.FaultSource;
import java.util.List;

/** All faults of processes. */
public final class ProcessFaults implements FaultSource {

    /** For the service loader. */
    public ProcessFaults() {}

    @Override
    public List<Fault> faults() {
        return List.of(new Kill(), new Pause(), new RollingRestart(), new Starvation(), new MembershipChange());
    }
}
