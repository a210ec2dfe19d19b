package dev.coord.testkit.internal.sim;

import org.jspecify.annotations.Nullable;

/** An entry of a log, the same object in the logs of all peers that have it. */
final class LogEntry {
    final long term;

    /** What was appended; null for an entry of Raft's own. */
    final byte @Nullable [] bytes;

    /** The term whose leader has committed it; none yet. */
    long committedIn = Long.MAX_VALUE;

    LogEntry(long term, byte @Nullable [] bytes) {
        this.term = term;
        this.bytes = bytes;
    }
}
