package dev.coord.chaos.load;

import dev.coord.chaos.Findings;
import dev.coord.testkit.history.History;
import java.util.SplittableRandom;

/** What all users have in common. */
record Shared(Handles handles, History history, Counts counts, Findings findings, Pace pace, SplittableRandom seed) {
    SplittableRandom split() {
        synchronized (seed) {
            return seed.split();
        }
    }
}
