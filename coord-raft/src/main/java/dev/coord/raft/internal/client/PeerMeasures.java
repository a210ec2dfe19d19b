package dev.coord.raft.internal.client;

import dev.coord.time.Ticker;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a peer counts and times of what it does. What is done often is only counted once somebody {@linkplain #watch() looks}:
 * until then it costs the reading of a flag. Safe for use by any thread.
 */
public final class PeerMeasures {
    /** Stands for a time that was not taken. */
    static final long UNTIMED = Long.MIN_VALUE;

    private final Ticker ticker;
    private volatile boolean watched;

    final Latencies operationLatencies;
    final Latencies readLatencies;
    final LongAdder localReads = new LongAdder();
    final LongAdder watchEvents = new LongAdder();

    // Seldom enough to be counted always.
    final LongAdder operationsRefused = new LongAdder();
    final LongAdder operationsGivenUp = new LongAdder();
    final LongAdder batchOperations = new LongAdder();
    final LongAdder batchBytes = new LongAdder();
    final LongAdder confirmedReads = new LongAdder();
    final LongAdder leaderChanges = new LongAdder();
    final LongAdder keepAlives = new LongAdder();
    final LongAdder keepAlivesFailed = new LongAdder();
    final LongAdder leasesEnded = new LongAdder();
    final LongAdder leasesLapsed = new LongAdder();
    final LongAdder sessionsExpired = new LongAdder();
    final LongAdder resyncs = new LongAdder();
    final LongAdder watchesCompacted = new LongAdder();

    PeerMeasures(Ticker ticker) {
        this.ticker = ticker;
        operationLatencies = new Latencies(ticker);
        readLatencies = new Latencies(ticker);
    }

    /** Begins to count what is done often, for good. */
    public void watch() {
        watched = true;
    }

    boolean isWatched() {
        return watched;
    }

    /** The time, or {@link #UNTIMED} if nobody looks. */
    long now() {
        return watched ? ticker.nanos() : UNTIMED;
    }

    /** From the issue of operations of sessions to their results, at this peer. */
    public Latencies operationLatencies() {
        return operationLatencies;
    }

    /** Of the reads that had to be confirmed by the Raft leader, from their issue on. */
    public Latencies readLatencies() {
        return readLatencies;
    }

    /** Reads served from memory at once. */
    public long localReads() {
        return localReads.sum();
    }

    /** Reads that were served after a round. */
    public long confirmedReads() {
        return confirmedReads.sum();
    }

    /** Events told to listeners of watches. */
    public long watchEvents() {
        return watchEvents.sum();
    }

    /** Operations and reads refused as too many were in flight. */
    public long operationsRefused() {
        return operationsRefused.sum();
    }

    /** Operations that were given up: no outcome by their deadline, or their session or the peer ended. */
    public long operationsGivenUp() {
        return operationsGivenUp.sum();
    }

    /** Operations sent in batches, repetitions included. */
    public long batchOperations() {
        return batchOperations.sum();
    }

    /** Bytes of the batches sent. */
    public long batchBytes() {
        return batchBytes.sum();
    }

    /** How often a Raft leader of another term was heard of. */
    public long leaderChanges() {
        return leaderChanges.sum();
    }

    /** Messages that asked to keep leases alive. */
    public long keepAlives() {
        return keepAlives.sum();
    }

    /** Those of them that got no answer. */
    public long keepAlivesFailed() {
        return keepAlivesFailed.sum();
    }

    /** Leases and sessions of the whole store that ended, as this peer's replica saw. */
    public long leasesEnded() {
        return leasesEnded.sum();
    }

    /** How often a lease or session held here lapsed for its holder. */
    public long leasesLapsed() {
        return leasesLapsed.sum();
    }

    /** Sessions opened here that ended in the store before they were closed. */
    public long sessionsExpired() {
        return sessionsExpired.sum();
    }

    /** How often a watch got the state of the moment in place of events that were compacted. */
    public long resyncs() {
        return resyncs.sum();
    }

    /** Watches that ended as what they had to tell next was compacted. */
    public long watchesCompacted() {
        return watchesCompacted.sum();
    }
}
