package dev.coord.testkit.workload;

import java.util.Locale;

/** What the runner does to a cluster of its own accord. */
enum FaultKind {
    PARTITION,
    ISOLATE,
    CUT,
    HEAL,
    CRASH,
    PAUSE,
    SKEW,
    ELECT,
    DELAY_REPLICA,
    INSTALL_SNAPSHOT,
    DISTURB;

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
