package dev.coord.testkit.history;

import org.jspecify.annotations.Nullable;

/** The whole check of a history by its revisions. */
final class Linearizability {
    private final Recording recording;
    private @Nullable RealTime witness;

    Linearizability(Recording recording) {
        this.recording = recording;
    }

    /** What is wrong, null if nothing is. */
    @Nullable
    Violation run() {
        Sightings sightings = new Sightings(recording, new Orders(recording.operations()));
        Replay replay = new Replay(sightings);
        Violation violation = replay.run();
        if (violation != null) {
            return violation;
        }
        Violation first = null;
        for (World world : replay.worlds()) {
            RealTime realTime = new RealTime(recording, sightings, world);
            Violation found = realTime.run();
            if (found == null) {
                witness = realTime;
                return null;
            }
            first = first == null ? found : first;
        }
        return first;
    }

    /** The order that explains the history, once {@link #run} has found one. */
    RealTime witness() {
        if (witness == null) {
            throw new IllegalStateException("no order was found");
        }
        return witness;
    }
}
