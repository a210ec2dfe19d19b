package dev.coord.recipes.swim;

/** What {@link SwimStats} tells, as it grows. */
final class Counters {
    long sent;
    long unsendable;
    long received;
    long malformed;
    long misdirected;
    long replayed;
    long probes;
    long failedProbes;
    long suspicions;
    long cleared;
    long failures;
    long returned;
    long refutations;
    long pauses;
    long nameConflicts;

    SwimStats toStats(long rejected) {
        return new SwimStats(
                sent,
                unsendable,
                received,
                rejected,
                malformed,
                misdirected,
                replayed,
                probes,
                failedProbes,
                suspicions,
                cleared,
                failures,
                returned,
                refutations,
                pauses,
                nameConflicts);
    }
}
