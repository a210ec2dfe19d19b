package dev.coord.examples.threephase;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A protocol of the comparison, and what is claimed of it.
 *
 * @param title the protocol's name
 * @param contender makes one for each run
 * @param blockingCrashes the names of the crash points after which somebody stays in doubt for ever; if there are none, no partition
 *     may keep the majority's side in doubt either
 * @param blocking the moments of a partition that leave somebody in doubt until it is healed
 * @param splitting the moments of a partition after which some commit and some abort
 */
record Lineup(
        String title,
        Supplier<Contender> contender,
        Set<String> blockingCrashes,
        Set<PartitionPoint> blocking,
        Set<PartitionPoint> splitting) {

    /** Two-phase commit: its window is from the last prepare to the first commit. */
    private static final Lineup TWO_PHASE = new Lineup(
            "2PC",
            () -> new ClassicContender(Rules.TWO_PHASE),
            Set.of(
                    "coordinator, after the last prepare",
                    "coordinator, with the first answer to prepare",
                    "coordinator, with the last answer to prepare",
                    "coordinator, before the first commit",
                    "elected, before it asks for states",
                    "elected, having asked for states",
                    "elected, with the last state"),
            Set.of(PartitionPoint.VOTES_ON_THE_WAY, PartitionPoint.VOTES_ARE_IN),
            Set.of());

    /** Three-phase commit: no crash blocks it, but one partition splits it. */
    private static final Lineup THREE_PHASE = new Lineup(
            "3PC",
            () -> new ClassicContender(Rules.THREE_PHASE),
            Set.of(),
            Set.of(),
            Set.of(PartitionPoint.VOTES_ARE_IN));

    /** Coord's: who is cut off from the majority waits until that is over, and nobody else. */
    private static final Lineup COORD =
            new Lineup("Coord", CoordContender::new, Set.of(), Set.of(PartitionPoint.VOTES_ARE_IN), Set.of());

    /** All that are compared. A further protocol is one more element. */
    static List<Lineup> all() {
        return List.of(TWO_PHASE, THREE_PHASE, COORD);
    }
}
