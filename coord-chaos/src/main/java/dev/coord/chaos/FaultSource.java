package dev.coord.chaos;

import java.util.List;

/** Kinds of faults, found by {@link java.util.ServiceLoader}. */
public interface FaultSource {

    /**
     * Makes the faults of a run.
     *
     * @return one of each kind
     */
    List<Fault> faults();
}
