package dev.coord.testkit.history;

import dev.coord.Coord;
import dev.coord.kv.KeyRange;
import dev.coord.time.Ticker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a test, and whether it was right. Handles that are {@linkplain #record recorded} note each operation
 * with its call, return and outcome; the {@code assert…} methods then judge it.
 *
 * <p>A history must be whole: it begins with an empty store, and everything that writes is recorded. One in which there is
 * nothing to judge fails, rather than pass for right. Recording costs
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
     * @throws IllegalArgumentException if the handle is one that a history, this or another, returned here
     */
    public Coord record(Coord handle, String process) {
        if (handle instanceof RecordingCoord) {
            throw new IllegalArgumentException("the handle for " + process + " is recorded already;"
                    + " record the one that the cluster gave, and once");
        }
        return new RecordingCoord(handle, new Recorder(journal, journal.uniqueName(process)));
    }

    /**
     * Returns where holders of locks are noted.
     *
     * @return the notes, each lock known by its name
     */
    public Claims locks() {
        return new Claims(journal, "lock");
    }

    /**
     * Returns where elected leaders are noted.
     *
     * @return the notes, each election known by its name
     */
    public Claims elections() {
        return new Claims(journal, "election");
    }

    /**
     * Notes something that happened to the cluster, for whoever reads the history.
     *
     * @param what in words
     */
    public void fault(String what) {
        journal.add(new Recording.Incident(journal.next(), journal.nanos(), what, ""));
    }

    /**
     * Notes that a process keeps no lease alive any more: it crashed, or it is paused or cut off for good. What it held must
     * end from now on.
     *
     * @param process its name in this history
     */
    public void gone(String process) {
        journal.add(new Recording.Incident(journal.next(), journal.nanos(), "gone: " + process, process));
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
     * @throws HistoryViolation if the history is wrong, or more than can be told, or without any operation
     */
    public void assertLinearizable() {
        raise(new Linearizability(withOperations(recording())).run());
    }

    /**
     * Judges the linearizable operations on each key by a search for an order that fits, without a look at revisions: a
     * second opinion that shares nothing with the first, for samples. Fit for some hundred operations a key by at most
     * five callers at a time; what overlaps more costs exponentially more.
     *
     * @param budget the most steps of the search for a key, such as 1,000,000 (about a second)
     * @throws HistoryViolation if the history is wrong, or the budget does not suffice to tell, or there is no operation
     */
    public void assertLinearizableBlindly(long budget) {
        assertLinearizableBlindly(budget, KeyRange.all());
    }

    /**
     * Judges the keys of a range as {@link #assertLinearizableBlindly(long)} does all: the sample of a long history.
     *
     * @param budget the most steps of the search for a key
     * @param sample the keys
     * @throws HistoryViolation if the history is wrong, or the budget does not suffice to tell, or there is no operation
     */
    public void assertLinearizableBlindly(long budget, KeyRange sample) {
        raise(new BlindCheck(withOperations(recording()), budget, sample).run());
    }

    /**
     * Judges all operations as {@link #assertLinearizable()} does, and what watches told: in the order of revisions, each
     * change once, none left out between the first and the last thing told, each revision in one piece, no change
     * outside the range and kind asked for, previous values as they were, resynced states as they were, and marks of
     * progress that leave nothing behind (the promises of etcd's watches).
     *
     * @throws HistoryViolation if something is wrong, or more than can be told, or nothing was recorded
     */
    public void assertWatches() {
        assertWatches(false);
    }

    /**
     * Judges watches as {@link #assertWatches()} does, once they have had the time to tell everything: what an open watch
     * has not told by now counts as left out.
     *
     * @throws HistoryViolation if something is wrong, or more than can be told, or nothing was recorded
     */
    public void assertWatchesComplete() {
        assertWatches(true);
    }

    private void assertWatches(boolean complete) {
        Recording recording = withOperations(recording());
        raise(new Linearizability(recording).run(witness -> new WatchCheck(recording, witness, complete).run()));
    }

    /**
     * Judges all operations as {@link #assertLinearizable()} does, and the ends of leases and sessions that had keys: none
     * ended while its holder was certain of it, unless revoked or closed; none lasted longer than its time to live, the
     * failover and a second after its holder was {@linkplain #gone gone}. What holders believe is known from their calls
     * of {@code isValid()} and {@code validUntil()} on recorded handles.
     *
     * @param failover how long the cluster was without a Raft leader after a holder was gone, at most
     * @throws HistoryViolation if something is wrong, or more than can be told, or nothing was recorded
     */
    public void assertLeases(Duration failover) {
        Recording recording = withOperations(recording());
        LeaseCheck leases = new LeaseCheck(recording, failover.toNanos());
        raise(new Linearizability(recording).run(leases::run));
    }

    /**
     * Judges what was noted of locks and elections: each token has one holder, tokens only grow, no two are certain to
     * hold at once, and no fenced resource accepts a smaller token after a greater one. Recorded handles do not know of
     * locks: the test notes what their holders say with {@link #locks()} and {@link #elections()}.
     *
     * @throws HistoryViolation if something is wrong, or nothing was noted
     */
    public void assertExclusive() {
        Recording recording = recording();
        if (recording.claims().isEmpty()) {
            raise(nothing("no claim was noted; note what holders of locks and leaders say with locks() and elections(),"
                    + " such as locks().acquired(…) and locks().holds(…)"));
        }
        raise(new ClaimCheck(recording).run());
    }

    /**
     * Judges everything that is recorded, in one go: operations, watches, leases and claims. There need not be any of one
     * kind.
     *
     * @param failover how long the cluster was without a Raft leader after a holder was gone, at most
     * @throws HistoryViolation if something is wrong, or more than can be told, or nothing was recorded
     */
    public void assertAll(Duration failover) {
        raise(new Verdict(withAnything(recording()), failover.toNanos()).run());
    }

    /**
     * Judges everything as {@link #assertAll} does, and watches as {@link #assertWatchesComplete()} does.
     *
     * @param failover how long the cluster was without a Raft leader after a holder was gone, at most
     * @throws HistoryViolation if something is wrong, or more than can be told, or nothing was recorded
     */
    public void assertAllComplete(Duration failover) {
        raise(new Verdict(withAnything(recording()), failover.toNanos(), true).run());
    }

    /**
     * Writes what is recorded as JSON lines: for each operation {@code proc, seq, f, in, call_ns, ret_ns, status, rev, out},
     * with its places {@code call, issued, ret} in the one sequence of events; things told to watches, claims, leases and
     * faults among them by their {@code f}.
     *
     * @param file to be created or replaced, in UTF-8
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            Lines.write(recording(), out);
        }
    }

    /**
     * Reads a history that was written, to judge it again; {@link HistoryCheck} does so from a command line.
     *
     * @param file what {@link #write} wrote
     * @return the history, which records nothing more
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is no history; names the line
     */
    public static History read(Path file) throws IOException {
        try (BufferedReader in = Files.newBufferedReader(file)) {
            return new History(new Journal(() -> 0), Lines.read(in));
        }
    }

    private static Recording withAnything(Recording recording) {
        return recording.claims().isEmpty() ? withOperations(recording) : recording;
    }

    private static Recording withOperations(Recording recording) {
        if (recording.operations().isEmpty() && recording.tapes().isEmpty()) {
            raise(nothing(
                    "no operation was recorded; record(handle, name) returns the handle to use in place of the one"
                            + " it is given"));
        }
        return recording;
    }

    private static Violation nothing(String found) {
        return Violation.inconclusive("Nothing to judge: " + found);
    }

    private static void raise(@Nullable Violation violation) {
        if (violation != null) {
            throw violation.error();
        }
    }
}
