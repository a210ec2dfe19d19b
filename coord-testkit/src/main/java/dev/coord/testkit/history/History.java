package dev.coord.testkit.history;

import dev.coord.Coord;
import dev.coord.time.Ticker;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a test, and whether it was right. Handles that are {@linkplain #record recorded} note each operation
 * with its call, return and outcome; the {@code assert…} methods then judge it.
 *
 * <p>A history must be whole: it begins with an empty store, and everything that writes is recorded. Recording costs
 * about a microsecond an operation and waits for nobody. Safe for use by any thread; what is still running when a history
 * is judged counts as of unknown outcome.
 */
public final class History {
    private final Journal journal;
    private final @Nullable Recording past;

    private History(Journal journal, @Nullable Recording past) {
        this.journal = journal;
        this.past = past;
    }

    /**
     * Begins a history.
     *
     * @param ticker the clock that all times are taken from: {@link dev.coord.testkit.TestCluster#ticker()}
     * @return an empty history
     */
    public static History on(Ticker ticker) {
        return new History(new Journal(ticker), null);
    }

    /**
     * Records what is done through a handle: reads, transactions, leases, watches, and what its holder believes of the
     * session and leases.
     *
     * @param handle the handle; operations done through it directly are not recorded
     * @param process a name for it in drawings and files; a number is added if it was given before
     * @return a handle that does the same
     */
    public Coord record(Coord handle, String process) {
        return new RecordingCoord(handle, new Recorder(journal, journal.uniqueName(process)));
    }

    Recording recording() {
        return past == null ? journal.recording() : past;
    }

    /**
     * Judges all operations by the order of their revisions: every reply must be what the writes before it call for, and
     * nobody may be behind what was seen before he called, save for reads that asked for less; these must keep what they
     * promise instead. An operation of unknown outcome may have had its effect once, one that failed never. Takes about
     * a second for a million operations.
     *
     * @throws HistoryViolation if the history is wrong, or more than can be told
     */
    public void assertLinearizable() {
        raise(new Linearizability(recording()).run());
    }

    private static void raise(@Nullable Violation violation) {
        if (violation != null) {
            throw violation.error();
        }
    }
}
