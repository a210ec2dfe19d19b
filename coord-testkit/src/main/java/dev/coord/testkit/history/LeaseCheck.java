package dev.coord.testkit.history;

import dev.coord.testkit.history.Recording.Holding;
import dev.coord.testkit.history.Recording.Incident;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges the ends of leases by the deletion of their keys: none while its holder relied on it, and none much later than
 * it must be once the holder is gone.
 */
final class LeaseCheck {
    /** How late an expiry may be for reasons besides the time to live and the time without a Raft leader. */
    private static final long SLACK_NANOS = 1_000_000_000L;

    private final Recording recording;
    private final long failoverNanos;
    private final LeaseEnds ends;

    LeaseCheck(Recording recording, long failoverNanos) {
        this.recording = recording;
        this.failoverNanos = failoverNanos;
        this.ends = new LeaseEnds(recording.operations());
    }

    /** What is wrong by one explanation of what happened, null if nothing is. */
    @Nullable
    Violation run(RealTime witness) {
        for (Holding holding : recording.holdings()) {
            Violation violation = early(holding, witness);
            if (violation == null) {
                violation = late(holding, witness);
            }
            if (violation != null) {
                return violation;
            }
        }
        return null;
    }

    private @Nullable Violation early(Holding holding, RealTime witness) {
        long end = witness.endOf(holding.lease());
        RealTime.Sighting seen = end == 0 ? null : witness.firstSighting(end);
        if (seen == null || seen.at() >= revoked(holding)) {
            return null;
        }
        boolean foundValid = holding.validAt() >= seen.at();
        if (!foundValid && holding.validUntilNanos() <= seen.nanos()) {
            return null;
        }
        String row = holding.process() + " lease " + holding.lease();
        Timeline.Mark mark = foundValid
                ? Timeline.Mark.at(row, holding.validAt(), "valid")
                : Timeline.Mark.at(
                        row,
                        seen.at(),
                        "relied on for " + (holding.validUntilNanos() - seen.nanos()) / 1_000_000 + " ms more");
        return new Violation(
                "Lease " + holding.lease() + " ended early: its end, revision " + end
                        + ", had been seen while its holder was certain of it",
                seen.operation() == null ? List.of() : List.of(seen.operation()),
                List.of(mark),
                false);
    }

    /** The first place at which somebody may have ended the lease on purpose. */
    private long revoked(Holding holding) {
        return Math.min(holding.closed(), ends.revoked(holding.lease()));
    }

    private @Nullable Violation late(Holding holding, RealTime witness) {
        for (Incident incident : recording.incidents()) {
            if (incident.gone().equals(holding.process())) {
                return late(holding, incident, witness);
            }
        }
        return null;
    }

    private @Nullable Violation late(Holding holding, Incident gone, RealTime witness) {
        long end = witness.endOf(holding.lease());
        long limit = gone.nanos() + holding.ttlNanos() + failoverNanos + SLACK_NANOS;
        if (!ends.mayBeMetAfter(limit, holding.lease(), end)) {
            return null;
        }
        for (RealTime.Placed placed : witness.placed()) {
            Operation operation = placed.operation;
            if (operation.callNanos() > limit
                    && operation.isOk()
                    && operation.isLinearizable()
                    && (LeaseEnds.named(operation) < end || showsKeyOf(operation, holding.lease()))) {
                return Violation.of(
                                "Lease " + holding.lease()
                                        + " ended late: its holder was gone, yet its keys were still there "
                                        + (operation.callNanos() - gone.nanos()) / 1_000_000 + " ms later",
                                operation)
                        .marked(List.of(Timeline.Mark.at(holding.process(), gone.at(), gone.what())));
            }
        }
        return null;
    }

    private static boolean showsKeyOf(Operation operation, long lease) {
        boolean[] shown = {false};
        operation.forEachShown(entry -> shown[0] |= entry.lease() == lease);
        return shown[0];
    }
}
