package dev.coord.recipes.internal;

import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A queue at one revision: who holds, who waits and in which order, and the one rule that decides whose turn it is. A
 * mutex has a capacity of one; a writer asks for all of a capacity of which readers take one each; a semaphore has what it
 * says. Immutable.
 */
public final class Line {
    private static final Comparator<Place> TURN = Comparator.comparingInt(
                    (Place place) -> place.ask().priority())
            .reversed()
            .thenComparingLong(Place::since);

    private final QueuePath queue;
    private final long revision;
    private final int usualCapacity;
    private final int capacity;
    /** The revision that set the capacity; 0 if it is the usual one. */
    private final long capacitySet;

    private final List<Place> holders = new ArrayList<>();
    private final List<Place> waiters = new ArrayList<>();

    /**
     * A holder or a waiter.
     *
     * @param id its name in the queue
     * @param entry its key
     * @param ask what it says of itself
     */
    public record Place(String id, Entry entry, Ask ask) {

        /**
         * Returns since when it has been there: of a holder, its fencing token.
         *
         * @return the revision that created its key
         */
        public long since() {
            return entry.createRevision();
        }

        /**
         * Returns whose it is.
         *
         * @return the id of the session
         */
        public long session() {
            return QueuePath.sessionOf(id);
        }
    }

    private Line(QueuePath queue, int usualCapacity, RangeResult state) {
        this.queue = queue;
        this.revision = state.revision();
        this.usualCapacity = usualCapacity;
        int found = usualCapacity;
        long set = 0;
        for (Entry entry : state.entries()) {
            if (entry.key().equals(queue.capacityKey())) {
                found = capacity(entry);
                set = entry.modRevision();
            } else if (queue.isHolder(entry.key())) {
                holders.add(place(queue, entry));
            } else if (queue.isWaiter(entry.key())) {
                waiters.add(place(queue, entry));
            }
        }
        this.capacity = found;
        this.capacitySet = set;
        waiters.sort(TURN);
    }

    /** The queue as another is, but for its holders. */
    private Line(Line other) {
        this.queue = other.queue;
        this.revision = other.revision;
        this.usualCapacity = other.usualCapacity;
        this.capacity = other.capacity;
        this.capacitySet = other.capacitySet;
        this.waiters.addAll(other.waiters);
    }

    private static int capacity(Entry entry) {
        try {
            return Integer.parseInt(entry.text());
        } catch (NumberFormatException e) {
            throw new IllegalStateException(entry.key() + " is no capacity that a recipe wrote; delete it", e);
        }
    }

    private static Place place(QueuePath queue, Entry entry) {
        return new Place(queue.idOf(entry.key()), entry, ask(entry));
    }

    /** What a holder or waiter says of itself. */
    static Ask ask(Entry entry) {
        try {
            return Ask.decode(entry.value());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(entry.key() + " is in the queue but no recipe wrote it; delete it", e);
        }
    }

    /**
     * Reads a queue.
     *
     * @param queue which
     * @param usualCapacity its capacity, unless its own key says otherwise
     * @param state the queue's whole {@linkplain QueuePath#range() range}, or only its holders
     * @return the queue
     */
    public static Line of(QueuePath queue, int usualCapacity, RangeResult state) {
        return new Line(queue, usualCapacity, state);
    }

    /**
     * Returns which queue.
     *
     * @return its path
     */
    public QueuePath queue() {
        return queue;
    }

    /**
     * Returns the revision at which the queue was so.
     *
     * @return the revision
     */
    public long revision() {
        return revision;
    }

    /**
     * Returns how much can be held at a time.
     *
     * @return the capacity
     */
    public int capacity() {
        return capacity;
    }

    /**
     * Returns who holds, in the order of keys.
     *
     * @return the holders
     */
    public List<Place> holders() {
        return List.copyOf(holders);
    }

    /**
     * Returns who waits, in the order of turns.
     *
     * @return the waiters
     */
    public List<Place> waiters() {
        return List.copyOf(waiters);
    }

    Optional<Place> holder(String id) {
        return holders.stream().filter(place -> place.id().equals(id)).findFirst();
    }

    Optional<Place> waiter(String id) {
        return waiters.stream().filter(place -> place.id().equals(id)).findFirst();
    }

    /**
     * Returns how much of the capacity is left.
     *
     * @return the permits that are not held; negative if the capacity was set below what is held
     */
    public long room() {
        return capacity - held();
    }

    /**
     * Returns which revision set the capacity.
     *
     * @return the revision, 0 if it is the usual one
     */
    public long capacitySet() {
        return capacitySet;
    }

    /** Whether an ask can ever be served, unless the capacity grows. */
    boolean fits(Ask ask) {
        return ask.permits() <= capacity;
    }

    /** How much is held; more than an int's worth, if somebody set the capacity low meanwhile or asks to be upgraded. */
    private long held() {
        return holders.stream().mapToLong(this::taken).sum();
    }

    /**
     * What somebody takes of the capacity: all of it, if it was made for another kind of queue. So whoever uses a path for two
     * kinds of locks by mistake still never holds beside another.
     */
    private long taken(Place place) {
        boolean isOurs = kind(place.ask().capacity()) == kind(usualCapacity);
        return isOurs ? place.ask().permits() : Math.max(place.ask().permits(), capacity);
    }

    /** Mutexes have a capacity of one, readers and writers share their own, and all others are semaphores. */
    private static int kind(int ofCapacity) {
        return ofCapacity == 1 || ofCapacity == Grip.ALL ? ofCapacity : 0;
    }

    /** Whether one who has just come need not wait. */
    boolean admitsNewcomer(Ask ask) {
        return waiters.isEmpty() && held() + ask.permits() <= capacity;
    }

    /** Whether a waiter's turn has come: there is room for it and for all before it. */
    boolean admits(String id) {
        return admissible().stream().anyMatch(place -> place.id().equals(id));
    }

    /** The waiters whose turn has come: as many of the first as there is room for, none overtaking another. */
    List<Place> admissible() {
        List<Place> admitted = new ArrayList<>();
        long used = held();
        for (Place waiter : waiters) {
            used += taken(waiter);
            if (used > capacity) {
                break;
            }
            admitted.add(waiter);
        }
        return admitted;
    }

    /** The one before a waiter; null if it is the first. */
    @Nullable
    Place before(String id) {
        Place before = null;
        for (Place waiter : waiters) {
            if (waiter.id().equals(id)) {
                return before;
            }
            before = waiter;
        }
        return before;
    }

    /** The queue once a holder has let go. */
    Line without(String holder) {
        Line next = new Line(this);
        holders.stream().filter(place -> !place.id().equals(holder)).forEach(next.holders::add);
        return next;
    }

    /** Hold while nobody has come to hold, and the capacity is the same, since this was read; others may have let go. */
    Guard[] nobodyNewHolds() {
        return sinceRead(queue.holders());
    }

    /** Hold while, besides, nobody new waits. */
    Guard[] nobodyNew() {
        return sinceRead(queue.range());
    }

    /** That a capacity which was set is the usual one again is no write of any key. */
    private Guard[] sinceRead(KeyRange range) {
        Guard nothingWritten = Guard.compare(range, Guard.Target.MOD_REVISION, Guard.Relation.LESS, revision + 1);
        return capacitySet == 0
                ? new Guard[] {nothingWritten}
                : new Guard[] {nothingWritten, Guard.modRevisionIs(queue.capacityKey(), capacitySet)};
    }
}
