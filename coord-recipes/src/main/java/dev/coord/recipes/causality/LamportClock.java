package dev.coord.recipes.causality;

import java.util.Comparator;

/**
 * A Lamport clock: a number that grows with every event of its process and with what the process hears (Lamport 1978). What
 * happened before has the smaller number (the clock condition); of two numbers nothing follows but that the event with the
 * greater one did not happen before the other. Equal numbers are told apart by the name of their process, so that all stamps of
 * a system are in one total order which agrees with happened-before (Lamport 1978, section "Ordering the Events Totally"):
 * {@link #compare} and {@link #compareTo} give that order and never {@link Causality#CONCURRENT}.
 *
 * <p><b>Costs.</b> The number and one name, however many processes there are; these may come and go.
 *
 * <p>Immutable: a value is a stamp, and the latest one of a process is its clock. No two events of a process may have the same
 * stamp: keep the latest in a confined field or an {@code AtomicReference}.
 *
 * @param time the number; 0 before the first event
 * @param process whose clock it is: 1 to 64 ASCII letters, digits, '.', '_' or '-', a letter or digit first
 */
public record LamportClock(long time, String process)
        implements PartiallyOrdered<LamportClock>, Comparable<LamportClock> {
    private static final Comparator<LamportClock> ORDER =
            Comparator.comparingLong(LamportClock::time).thenComparing(LamportClock::process);

    /**
     * Creates a clock.
     *
     * @throws IllegalArgumentException if the time is negative or the name not as above
     */
    public LamportClock {
        Names.check(process);
        if (time < 0) {
            throw new IllegalArgumentException("time " + time + " of " + process + " is negative");
        }
    }

    /**
     * Returns the clock of a process that has had no event.
     *
     * @param process its name
     * @return its clock at 0
     */
    public static LamportClock of(String process) {
        return new LamportClock(0, process);
    }

    /**
     * Stamps the next event, be it local or the sending of a message (Lamport 1978, rule IR1: a process increments its clock
     * between any two successive events).
     *
     * @return the stamp
     * @throws IllegalStateException if the time is {@code Long.MAX_VALUE}
     */
    public LamportClock tick() {
        return after(time);
    }

    /**
     * Stamps the receipt of a message (rule IR2: the clock is set beyond both its own time and that of the message).
     *
     * @param sent the stamp that came with the message
     * @return the stamp of the receipt
     * @throws IllegalStateException if either time is {@code Long.MAX_VALUE}
     */
    public LamportClock receive(LamportClock sent) {
        return after(Math.max(time, sent.time));
    }

    private LamportClock after(long last) {
        if (last == Long.MAX_VALUE) {
            throw new IllegalStateException("the clock of " + process + " is at its end, " + last);
        }
        return new LamportClock(last + 1, process);
    }

    @Override
    public Causality compare(LamportClock other) {
        return Causality.ofSign(compareTo(other));
    }

    /** Compares in the total order: by time, then by the name of the process. */
    @Override
    public int compareTo(LamportClock other) {
        return ORDER.compare(this, other);
    }

    /**
     * Returns the binary form.
     *
     * @return a byte of kind and version, the time, the name
     */
    public byte[] toBytes() {
        return new ClockWriter(Form.LAMPORT_CLOCK).number(time).name(process).done();
    }

    /**
     * Reads the binary form.
     *
     * @param bytes what {@link #toBytes} returned
     * @return an equal clock
     * @throws MalformedClockException if they are anything else
     */
    public static LamportClock fromBytes(byte[] bytes) {
        ClockReader in = new ClockReader(Form.LAMPORT_CLOCK, bytes);
        LamportClock clock = new LamportClock(in.number(), in.name());
        in.end();
        return clock;
    }

    /**
     * Reads the text form.
     *
     * @param text such as {@code 7@p}
     * @return the clock of which it is the {@link #toString}
     * @throws MalformedClockException if it is anything else
     */
    public static LamportClock parse(String text) {
        TextReader in = new TextReader(Form.LAMPORT_CLOCK, text);
        long time = in.number();
        in.expect('@');
        LamportClock clock = new LamportClock(time, in.name());
        in.end();
        return clock;
    }

    /** Returns the text form, such as {@code 7@p}. */
    @Override
    public String toString() {
        return time + "@" + process;
    }
}
