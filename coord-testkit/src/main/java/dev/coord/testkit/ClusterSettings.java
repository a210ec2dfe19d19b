package dev.coord.testkit;

import java.time.Duration;

/** What is the same for a real cluster and a simulated one. */
record ClusterSettings(int peers, Duration sessionTtl, int historyRevisions) {
    /** After how long an idle watch is told how far it has come; shorter than usual, as a test may wait for it. */
    static final Duration PROGRESS = Duration.ofSeconds(1);
}
