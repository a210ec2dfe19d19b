package dev.coord.testkit;

import java.time.Duration;

/** What is the same for a real cluster and a simulated one. */
record ClusterSettings(int peers, Duration sessionTtl, int historyRevisions) {}
