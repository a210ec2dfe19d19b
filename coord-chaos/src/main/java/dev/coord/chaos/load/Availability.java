package dev.coord.chaos.load;

import java.util.ArrayList;
import java.util.List;

/** When writes succeeded. Safe for use by any thread. */
public final class Availability {
    private final List<Write> writes = new ArrayList<>();
    private long failures;

    /** Nothing was written yet. */
    public Availability() {}

    private record Write(long called, long returned) {}

    synchronized void succeeded(long calledNanos, long returnedNanos) {
        writes.add(new Write(calledNanos, returnedNanos));
    }

    synchronized void failed() {
        failures++;
    }

    /**
     * Returns how many writes of the probes failed.
     *
     * @return the count
     */
    public synchronized long failures() {
        return failures;
    }

    /**
     * Returns how long it took from a moment to the end of the first write that was called after it and succeeded.
     *
     * @param fromNanos the moment
     * @return nanoseconds, -1 if there was none
     */
    public synchronized long nextSuccess(long fromNanos) {
        // Writes are noted in the order of their returns.
        for (int i = firstAfter(fromNanos); i < writes.size(); i++) {
            if (writes.get(i).called() - fromNanos >= 0) {
                return writes.get(i).returned() - fromNanos;
            }
        }
        return -1;
    }

    /**
     * Returns the longest time without the return of a write that succeeded.
     *
     * @param fromNanos from when on
     * @param toNanos up to when
     * @return nanoseconds
     */
    public synchronized long longestGap(long fromNanos, long toNanos) {
        long last = fromNanos;
        long longest = 0;
        for (int i = firstAfter(fromNanos); i < writes.size() && writes.get(i).returned() - toNanos < 0; i++) {
            longest = Math.max(longest, writes.get(i).returned() - last);
            last = Math.max(last, writes.get(i).returned());
        }
        return Math.max(longest, toNanos - last);
    }

    private int firstAfter(long nanos) {
        int index = writes.size();
        // Asked for what is recent, mostly. Notes of several threads may be out of order by a moment.
        while (index > 0 && writes.get(index - 1).returned() - nanos > -1_000_000_000L) {
            index--;
        }
        while (index < writes.size() && writes.get(index).returned() - nanos < 0) {
            index++;
        }
        return index;
    }
}
