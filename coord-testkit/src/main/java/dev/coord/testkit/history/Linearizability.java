package dev.coord.testkit.history;

import org.jspecify.annotations.Nullable;

/** The whole check of a history by its revisions. */
final class Linearizability {
    /** The most explanations tried. */
    private static final int MAX_TRIES = 256;

    private final Recording recording;

    Linearizability(Recording recording) {
        this.recording = recording;
    }

    /** What else an order that explains the history must stand. */
    interface Further {
        @Nullable
        Violation check(RealTime witness);
    }

    /** What is wrong, null if nothing is. */
    @Nullable
    Violation run() {
        return run(witness -> null);
    }

    /** What is wrong, null if some order explains the history and stands a further check. */
    @Nullable
    Violation run(Further further) {
        Sightings sightings = new Sightings(recording, new Orders(recording.operations()));
        Replay replay = new Replay(sightings);
        Violation violation = replay.run();
        if (violation != null) {
            return violation;
        }
        Violation first = null;
        int tries = 0;
        for (World world : replay.worlds()) {
            World.Ways ways = world.ways();
            while (ways.advance()) {
                RealTime realTime = new RealTime(recording, sightings, world, ways.steps());
                Violation found = realTime.run();
                found = found == null ? further.check(realTime) : found;
                if (found == null) {
                    return null;
                }
                first = first == null ? found : first;
                if (++tries == MAX_TRIES) {
                    return Violation.inconclusive("Inconclusive: " + tries
                            + " explanations of what was not told were tried, and none holds; of the first: "
                            + first.sentence());
                }
            }
        }
        return first;
    }
}
