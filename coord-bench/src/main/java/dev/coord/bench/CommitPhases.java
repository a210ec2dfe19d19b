package dev.coord.bench;

import dev.coord.recipes.commit.BlockingParticipant;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.Vote;
import dev.coord.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Where the time of one commit after the other goes, as the participants see it. Does nothing until it is started. */
final class CommitPhases {
    /** The phases, in order. */
    static final List<String> NAMES = List.of("record", "prepare", "decision", "commit", "return");

    private static final Ticker CLOCK = Ticker.system();

    private final AtomicLong firstPrepare = new AtomicLong();
    private final AtomicLong lastPrepared = new AtomicLong();
    private final AtomicLong firstCommit = new AtomicLong();
    private final AtomicLong lastCommitted = new AtomicLong();
    private final List<long[]> samples = new ArrayList<>();
    private volatile boolean running;

    /** Forgets what was measured, and measures from now on; one transaction at a time. */
    void start() {
        samples.clear();
        reset();
        running = true;
    }

    void stop() {
        running = false;
    }

    private void reset() {
        firstPrepare.set(Long.MAX_VALUE);
        lastPrepared.set(Long.MIN_VALUE);
        firstCommit.set(Long.MAX_VALUE);
        lastCommitted.set(Long.MIN_VALUE);
    }

    /** Notes when the commit was called for and returned. */
    void committed(long called, long returned) {
        if (running) {
            long[] instants = {
                called, firstPrepare.get(), lastPrepared.get(), firstCommit.get(), lastCommitted.get(), returned
            };
            samples.add(instants);
            reset();
        }
    }

    /** Returns how long a phase took. */
    Load.Figures figures(int phase) {
        return Load.figures(samples.stream()
                .mapToLong(instants -> instants[phase + 1] - instants[phase])
                .toArray());
    }

    /** Returns a participant whose calls are timed. */
    BlockingParticipant timed(BlockingParticipant participant) {
        return new Timed(participant);
    }

    private final class Timed implements BlockingParticipant {
        private final BlockingParticipant participant;

        Timed(BlockingParticipant participant) {
            this.participant = participant;
        }

        @Override
        public Vote prepare(Branch branch) throws Exception {
            begins(firstPrepare);
            Vote vote = participant.prepare(branch);
            ends(lastPrepared);
            return vote;
        }

        @Override
        public void commit(Branch branch) throws Exception {
            begins(firstCommit);
            participant.commit(branch);
            ends(lastCommitted);
        }

        @Override
        public void abort(Branch branch) throws Exception {
            participant.abort(branch);
        }

        @Override
        public Set<String> recover() throws Exception {
            return participant.recover();
        }

        private void begins(AtomicLong first) {
            if (running) {
                first.accumulateAndGet(CLOCK.nanos(), Math::min);
            }
        }

        private void ends(AtomicLong last) {
            if (running) {
                last.accumulateAndGet(CLOCK.nanos(), Math::max);
            }
        }
    }
}
