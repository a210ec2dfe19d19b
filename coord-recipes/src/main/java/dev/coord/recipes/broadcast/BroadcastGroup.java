package dev.coord.recipes.broadcast;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.net.Messenger;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Executor;

/**
 * Who broadcasts to whom, and how: the same members and the same name at each of them. Immutable; opens nothing by itself, and
 * may be used for a {@link CausalBroadcast}, a {@link TotalOrderBroadcast} and a {@link LamportMutex} at once.
 *
 * <p><b>How messages arrive.</b> Each is sent as a request to each other member and sent again until it is answered; receivers
 * tell copies by sender, process and number, so that each is taken once and in the order it was sent. What is not answered is
 * kept, up to a bound.
 *
 * <p><b>Restarts.</b> A process is named by its session and the moment it opened the group. Processes of a member must be opened
 * in the order of their sessions, as it is when each opens one of its own at its start.
 */
public final class BroadcastGroup {
    /** The longest payload of a message, in bytes. */
    public static final int MAX_PAYLOAD = 128 << 10;

    private static final int MAX_NAME = 48;
    private static final int MOST_UNACKNOWLEDGED = 100_000;

    /** An answer is waited for this many times as long as it is paused after a failure. */
    private static final int PATIENCE = 4;

    private final Coord coord;
    private final Messenger messenger;
    private final String name;
    private final SortedSet<String> others;
    private final Executor listeners;
    private final Duration retryEvery;
    private final int maxUnacknowledged;

    private BroadcastGroup(
            Coord coord,
            Messenger messenger,
            String name,
            SortedSet<String> others,
            Executor listeners,
            Duration retryEvery,
            int maxUnacknowledged) {
        this.coord = coord;
        this.messenger = messenger;
        this.name = name;
        this.others = others;
        this.listeners = listeners;
        this.retryEvery = retryEvery;
        this.maxUnacknowledged = maxUnacknowledged;
    }

    /**
     * Describes a group of all peers of the cluster.
     *
     * @param coord gives the time, the threads, and by its session a name to this process; nothing is stored
     * @param messenger carries the messages
     * @param name tells it from other groups, 1 to 48 characters
     * @return the group: listeners on callback threads, messages sent again after 250 ms, 1,000 unacknowledged at most
     * @throws IllegalArgumentException if the name is empty or too long
     */
    public static BroadcastGroup on(Coord coord, Messenger messenger, String name) {
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException(
                    "a group's name of " + name.length() + " characters; it must have 1 to " + MAX_NAME + ": " + name);
        }
        SortedSet<String> others = new TreeSet<>(messenger.others());
        return new BroadcastGroup(
                coord,
                requireNonNull(messenger, "messenger"),
                name,
                Collections.unmodifiableSortedSet(others),
                coord.callbacks(),
                Duration.ofMillis(250),
                1_000);
    }

    /**
     * Returns the same group of some of the peers.
     *
     * @param members their ids, the own one among them
     * @return the group
     * @throws IllegalArgumentException if the own id is missing, or one is no peer's
     */
    public BroadcastGroup withMembers(Collection<String> members) {
        SortedSet<String> rest = new TreeSet<>(members);
        if (!rest.remove(messenger.self())) {
            throw new IllegalArgumentException("the members " + members + " are without this one, " + messenger.self());
        }
        if (!messenger.others().containsAll(rest)) {
            throw new IllegalArgumentException("of the members " + members
                    + " some are no peers; besides this one there are " + messenger.others());
        }
        SortedSet<String> chosen = Collections.unmodifiableSortedSet(rest);
        return new BroadcastGroup(coord, messenger, name, chosen, listeners, retryEvery, maxUnacknowledged);
    }

    /**
     * Returns the same group with another executor for its listeners.
     *
     * @param executor runs them, one call at a time; if it refuses, they are called by whoever has something to tell
     * @return the group
     */
    public BroadcastGroup withListenersOn(Executor executor) {
        requireNonNull(executor, "executor");
        return new BroadcastGroup(coord, messenger, name, others, executor, retryEvery, maxUnacknowledged);
    }

    /**
     * Returns the same group with another time between attempts.
     *
     * @param pause how long to wait after a failed request before it is sent again; an answer is waited for four times as long,
     *     which must be more than a round trip takes; greater than zero
     * @return the group
     * @throws IllegalArgumentException if it is not greater than zero
     */
    public BroadcastGroup withRetryEvery(Duration pause) {
        if (pause.isZero() || pause.isNegative()) {
            throw new IllegalArgumentException(
                    "a pause of " + pause + " between attempts; it must be greater than zero");
        }
        return new BroadcastGroup(coord, messenger, name, others, listeners, pause, maxUnacknowledged);
    }

    /**
     * Returns the same group with another bound.
     *
     * @param messages of this member that one other has not answered, and of each member that wait here to be delivered or
     *     heard: 1 to 100,000, each of {@link #MAX_PAYLOAD} bytes at most
     * @return the group
     * @throws IllegalArgumentException if it is out of bounds
     */
    public BroadcastGroup withMaxUnacknowledged(int messages) {
        if (messages < 1 || messages > MOST_UNACKNOWLEDGED) {
            throw new IllegalArgumentException(
                    messages + " unacknowledged messages; there may be 1 to " + MOST_UNACKNOWLEDGED);
        }
        return new BroadcastGroup(coord, messenger, name, others, listeners, retryEvery, messages);
    }

    Coord coord() {
        return coord;
    }

    Messenger messenger() {
        return messenger;
    }

    String name() {
        return name;
    }

    SortedSet<String> others() {
        return others;
    }

    Executor listeners() {
        return listeners;
    }

    Duration retryEvery() {
        return retryEvery;
    }

    Duration answerWithin() {
        return retryEvery.multipliedBy(PATIENCE);
    }

    int maxUnacknowledged() {
        return maxUnacknowledged;
    }

    @Override
    public String toString() {
        return "BroadcastGroup(" + name + " of " + messenger.self() + " and " + others + ")";
    }
}
