package dev.coord.recipes.swim;

import java.util.random.RandomGenerator;

/**
 * By which an answer shows that it is none to an old question. The same for all that is asked in an interval, as it is to tell
 * only when the answer was sent: not before the last interval began. So there is nothing to remember for each question.
 */
final class Nonces {
    private final RandomGenerator random;
    private final long interval;
    private long current;
    private long former;
    private long renewAt;

    Nonces(RandomGenerator random, long interval, long at) {
        this.random = random;
        this.interval = interval;
        this.current = random.nextLong();
        this.former = random.nextLong();
        this.renewAt = at + interval;
    }

    /** Lets time pass. */
    void pass(long at) {
        if (at < renewAt) {
            return;
        }
        former = at < renewAt + interval ? current : random.nextLong();
        current = random.nextLong();
        renewAt = at + interval;
    }

    /** What goes with a question. */
    long current() {
        return current;
    }

    /** Tells whether an answer is to a question of this interval or the one before. */
    boolean isFresh(long answered) {
        return answered == current || answered == former;
    }
}
