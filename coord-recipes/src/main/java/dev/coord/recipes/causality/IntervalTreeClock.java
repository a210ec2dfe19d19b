package dev.coord.recipes.causality;

import java.util.Objects;

/**
 * A stamp of an interval tree clock: which part of the unit interval its holder owns, and how many events are known at each point
 * (Almeida, Baquero and Fonte 2008). It tells causality as a vector clock does, but needs no names: whoever has a stamp makes a new
 * participant by {@link #fork}, and takes one back by {@link #join}, without asking anybody else. What is taken back is owned
 * anew, so that the size depends on who is there now rather than on who ever was.
 *
 * <p>A system starts from one {@link #seed}; all its stamps are made from that one. {@link #event} marks something that happened;
 * a message carries {@link #peek}, and {@link #join} with it followed by {@link #event} is its receipt. Of two stamps one is before
 * the other exactly if the other knows of all the events that it knows of, and more; {@link #compare} looks at the events only, so
 * stamps with different ids may be {@linkplain Causality#EQUAL equal} in it.
 *
 * <p><b>Contract.</b> A stamp that was forked, joined or has had an event is used up: go on with the result only, else two
 * participants own the same.
 *
 * <p><b>Costs.</b> Trees, a few bytes for each participant if forks are joined back in some order or other; every operation visits
 * them once. At most {@value #MAX_DEPTH} levels: a stamp that was forked so often in a row, without a join, is refused another
 * fork.
 *
 * <p>Immutable, and always in normal form, so that equal stamps have equal forms.
 */
public final class IntervalTreeClock implements PartiallyOrdered<IntervalTreeClock> {
    /** How many levels a stamp may have. */
    public static final int MAX_DEPTH = IdTree.MAX_DEPTH;

    private static final IntervalTreeClock SEED = new IntervalTreeClock(IdTree.ALL, EventTree.ZERO);

    private final IdTree id;
    private final EventTree events;

    private IntervalTreeClock(IdTree id, EventTree events) {
        this.id = id;
        this.events = events;
    }

    /**
     * What became of a stamp that was forked.
     *
     * @param left for one of the participants
     * @param right for the other
     */
    public record Fork(IntervalTreeClock left, IntervalTreeClock right) {}

    /**
     * Returns the first stamp of a system.
     *
     * @return owns everything, knows of no event
     */
    public static IntervalTreeClock seed() {
        return SEED;
    }

    /**
     * Splits what is owned between two participants, which both know what is known (section 5.3).
     *
     * @return two stamps in place of this one
     * @throws IllegalStateException if this is {@linkplain #isAnonymous anonymous}, or has {@value #MAX_DEPTH} levels already
     */
    public Fork fork() {
        if (isAnonymous()) {
            throw new IllegalStateException(
                    "an anonymous stamp owns nothing that could be split; fork the one it came from");
        }
        IntervalTreeClock left = new IntervalTreeClock(id.firstHalf(), events);
        IntervalTreeClock right = new IntervalTreeClock(id.secondHalf(), events);
        if (left.id.isTooDeep() || right.id.isTooDeep()) {
            throw new IllegalStateException("a stamp of " + MAX_DEPTH
                    + " levels cannot be forked; join stamps of participants that are gone, or fork" + " another one");
        }
        return new Fork(left, right);
    }

    /**
     * Returns what a message carries: all that is known, owning nothing.
     *
     * @return an anonymous stamp, equal to this in {@link #compare}
     */
    public IntervalTreeClock peek() {
        return new IntervalTreeClock(IdTree.NOTHING, events);
    }

    /**
     * Tells whether this stamp owns nothing, as that of a message.
     *
     * @return true if it can be compared and joined, but neither forked nor have events
     */
    public boolean isAnonymous() {
        return id.isNothing();
    }

    /**
     * Marks an event (section 5.3).
     *
     * @return a stamp after this one, and not at most any other that is known to the system
     * @throws IllegalStateException if this is anonymous: an event needs somebody
     */
    public IntervalTreeClock event() {
        if (isAnonymous()) {
            throw new IllegalStateException(
                    "an anonymous stamp cannot have an event; join it with a stamp that owns something");
        }
        return new IntervalTreeClock(id, events.event(id));
    }

    /**
     * Joins two stamps into one that owns what both own and knows what either knows (section 5.3).
     *
     * @param other another stamp: a message's, or that of a participant who leaves
     * @return one stamp in place of both
     * @throws IllegalArgumentException if both own the same somewhere: one of them was used up before
     */
    public IntervalTreeClock join(IntervalTreeClock other) {
        if (id.overlaps(other.id)) {
            throw new IllegalArgumentException("the ids of " + this + " and " + other
                    + " overlap: one was used on after a fork, a join or an event, or they are of different seeds");
        }
        return new IntervalTreeClock(id.sum(other.id), events.join(other.events));
    }

    @Override
    public Causality compare(IntervalTreeClock other) {
        return Causality.of(events.isAtMost(other.events), other.events.isAtMost(events));
    }

    /**
     * Returns the binary form.
     *
     * @return a byte of kind and version, the id, the events
     */
    public byte[] toBytes() {
        ClockWriter out = new ClockWriter(Form.INTERVAL_TREE_CLOCK);
        id.writeTo(out);
        events.writeTo(out);
        return out.done();
    }

    /**
     * Reads the binary form.
     *
     * @param bytes what {@link #toBytes} returned
     * @return an equal stamp
     * @throws MalformedClockException if they are anything else
     */
    public static IntervalTreeClock fromBytes(byte[] bytes) {
        ClockReader in = new ClockReader(Form.INTERVAL_TREE_CLOCK, bytes);
        IntervalTreeClock clock = new IntervalTreeClock(IdTree.read(in, 0), EventTree.read(in, 0));
        in.end();
        return clock;
    }

    /**
     * Reads the text form.
     *
     * @param text such as {@code (1,0);(2,(0,1,0),1)}
     * @return the stamp of which it is the {@link #toString}
     * @throws MalformedClockException if it is anything else
     */
    public static IntervalTreeClock parse(String text) {
        TextReader in = new TextReader(Form.INTERVAL_TREE_CLOCK, text);
        IdTree id = IdTree.parse(in, 0);
        in.expect(';');
        IntervalTreeClock clock = new IntervalTreeClock(id, EventTree.parse(in, 0));
        in.end();
        return clock;
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof IntervalTreeClock other && id.equals(other.id) && events.equals(other.events);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, events);
    }

    /** Returns the text form in the paper's notation, id and events, such as {@code (1,0);(2,(0,1,0),1)}. */
    @Override
    public String toString() {
        return events.appendTo(id.appendTo(new StringBuilder()).append(';')).toString();
    }
}
