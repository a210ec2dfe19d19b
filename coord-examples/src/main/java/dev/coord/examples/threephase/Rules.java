package dev.coord.examples.threephase;

import java.util.Collection;

/** In what two-phase and three-phase commit differ. Pure. */
enum Rules {
    /**
     * Two-phase commit with cooperative termination (Bernstein, Hadzilacos and Goodman, <i>Concurrency Control and Recovery in
     * Database Systems</i>, 1987, section 7.4): who is in doubt asks the others.
     */
    TWO_PHASE("2PC") {
        @Override
        Step afterVotes() {
            return Step.COMMIT;
        }

        @Override
        Step amongUndecided(Collection<State> states) {
            if (states.contains(State.PRECOMMITTED)) {
                throw new IllegalArgumentException(
                        "pre-committed, in two-phase commit: " + states + "; all processes must run the same protocol");
            }
            return Step.WAIT;
        }
    },

    /** Three-phase commit (Skeen, <i>Nonblocking Commit Protocols</i>, SIGMOD 1981, sections 4 and 5). */
    THREE_PHASE("3PC") {
        @Override
        Step afterVotes() {
            return Step.PRE_COMMIT_THEN_COMMIT;
        }

        @Override
        Step amongUndecided(Collection<State> states) {
            return states.contains(State.PRECOMMITTED) ? Step.PRE_COMMIT_THEN_COMMIT : Step.ABORT;
        }
    };

    private final String title;

    Rules(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** What the coordinator does when all have voted yes. */
    abstract Step afterVotes();

    /** What an elected process does if all it reaches have voted yes and none has decided. */
    abstract Step amongUndecided(Collection<State> states);

    /**
     * What an elected process does, by the states it has collected: an aborted or one that has not voted, abort; a committed one,
     * commit; else as the protocol has it.
     *
     * @param states of all the processes it reaches, its own among them
     * @throws IllegalArgumentException if there are none, or one that the protocol does not know
     */
    Step recover(Collection<State> states) {
        if (states.isEmpty()) {
            throw new IllegalArgumentException("no states: an elected process counts itself");
        }
        boolean notAll = states.contains(State.ABORTED) || states.contains(State.INITIAL);
        boolean committed = states.contains(State.COMMITTED);
        if (notAll && committed) {
            return Step.NOTHING_HELPS;
        }
        if (notAll) {
            return Step.ABORT;
        }
        return committed ? Step.COMMIT : amongUndecided(states);
    }
}
