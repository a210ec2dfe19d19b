package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.LimitExceededException;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Line;
import dev.coord.recipes.internal.Lines;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Who holds and who waits, of all locks below a prefix at one revision: mutexes, readers and writers, semaphores, locks of
 * several paths, elections. For operators, and for {@linkplain DistributedLock#detectingDeadlocks the detection of
 * deadlocks}. Immutable.
 *
 * <p><b>Owners.</b> Claims of one {@linkplain DistributedLock#withOwner owner} are one party: as long as one of them waits,
 * the owner is taken to release nothing. A claim without owner is a party of its own.
 *
 * <p><b>Who waits for ever</b> is found by reduction (Holt, <i>Some deadlock properties of computer systems</i>, 1972):
 * owners of whom nothing waits are taken to let go of everything in the end; whoever can be served then, in turn and within
 * the capacity, is taken to do likewise; and so on. Those left wait for each other, or behind those who do. One rule covers all
 * kinds of locks: a semaphore with one holder that goes on is no deadlock, however many others wait in a circle.
 *
 * <p><b>Costs</b> one linearizable range read, from this peer's memory: a message exchange with a majority, no log entry. Time
 * and memory grow with the number of keys below the prefix, of which there may be {@value #MAX_KEYS}.
 *
 * <p>A holder that waits to be upgraded is shown as a holder, and is not taken to wait.
 */
public final class WaitGraph {
    /** How many keys there may be below the prefix. */
    public static final int MAX_KEYS = 10_000;

    private final long revision;
    private final List<Queue> queues;
    private final Standstill standstill;

    /**
     * One who holds or waits.
     *
     * @param path the lock
     * @param claim the claim's name, the same in all locks that it asks for together
     * @param owner on whose behalf, or the empty string
     * @param text the holder's text, or the empty string
     * @param session whose session claims it
     * @param permits how much of the lock's capacity it holds or asks for
     * @param since the revision since which it has been there; of a holder, its fencing token
     */
    public record Claimant(
            String path, String claim, String owner, String text, long session, int permits, long since) {

        /**
         * Returns who it is.
         *
         * @return the owner, or else the claim's name
         */
        public String party() {
            return owner.isEmpty() ? "claim " + claim : owner;
        }
    }

    /**
     * One lock.
     *
     * @param path its name
     * @param capacity how many permits can be held at a time; 1 of a mutex
     * @param holders who hold, in no particular order
     * @param waiters who wait, in the order of their turns
     */
    public record Queue(String path, int capacity, List<Claimant> holders, List<Claimant> waiters) {

        /** Creates the description. */
        public Queue {
            holders = List.copyOf(holders);
            waiters = List.copyOf(waiters);
        }
    }

    /**
     * That one waits until another leaves the lock or, if that waits too, moves up. Of those in line each waits for the one
     * before; the first whom there is no room for waits for all who have the room, though not all of them may have to leave.
     *
     * @param waiter who waits
     * @param ahead for whom, at the same lock
     */
    public record Wait(Claimant waiter, Claimant ahead) {

        @Override
        public String toString() {
            return waiter.party() + " waits for " + ahead.party() + " at " + waiter.path();
        }
    }

    private WaitGraph(long revision, List<Queue> queues) {
        this.revision = revision;
        this.queues = queues;
        this.standstill = Standstill.of(queues, Long.MAX_VALUE);
    }

    /**
     * Reads the wait graph.
     *
     * @param coord the handle to read with
     * @param prefix what the paths begin with, such as {@code /locks/}
     * @return the graph at the present revision, or a later one
     * @throws LimitExceededException if there are more than {@value #MAX_KEYS} keys below the prefix, ordinary ones included
     * @throws IllegalArgumentException if the prefix is no proper one, or has a part that begins with {@code ~}
     * @throws InterruptedException if interrupted while waiting
     */
    public static WaitGraph of(Coord coord, String prefix) throws InterruptedException {
        Async.refuseIfInterrupted();
        RangeQuery query = query(prefix);
        return of(coord.kv().range(query), prefix);
    }

    /**
     * Reads the wait graph without waiting.
     *
     * @param coord the handle to read with
     * @param prefix what the paths begin with, such as {@code /locks/}
     * @return the graph at the present revision, or a later one; fails as {@link #of(Coord, String)} does and as reads do
     * @throws IllegalArgumentException if the prefix is no proper one, or has a part that begins with {@code ~}
     */
    public static CompletableFuture<WaitGraph> ofAsync(Coord coord, String prefix) {
        RangeQuery query = query(prefix);
        CompletableFuture<WaitGraph> graph = new CompletableFuture<>();
        Async.run(
                () -> coord.kv().rangeAsync(query, Consistency.linearizable()).thenApply(state -> of(state, prefix)),
                (read, failure) -> {
                    if (failure == null) {
                        graph.complete(read);
                    } else {
                        graph.completeExceptionally(failure);
                    }
                });
        return graph;
    }

    private static WaitGraph of(RangeResult state, String prefix) {
        return new WaitGraph(state.revision(), queues(state, prefix));
    }

    static RangeQuery query(String prefix) {
        requireNonNull(prefix, "prefix");
        if (prefix.startsWith("~") || prefix.contains("/~")) {
            throw new IllegalArgumentException(
                    "prefix " + prefix + ": no part of it may begin with '~', where the keys of a lock begin");
        }
        return RangeQuery.of(KeyRange.prefix(prefix)).limit(MAX_KEYS);
    }

    static List<Queue> queues(RangeResult state, String prefix) {
        if (state.more()) {
            throw new LimitExceededException(state.count() + " keys below " + prefix + "; a wait graph has " + MAX_KEYS
                    + " at most. Choose a longer prefix");
        }
        return Lines.in(state).stream().map(WaitGraph::queue).toList();
    }

    private static Queue queue(Line line) {
        String path = line.queue().path();
        return new Queue(path, line.capacity(), claimants(path, line.holders()), claimants(path, line.waiters()));
    }

    private static List<Claimant> claimants(String path, List<Line.Place> places) {
        return places.stream()
                .map(place -> new Claimant(
                        path,
                        place.id(),
                        place.ask().owner(),
                        place.ask().text(),
                        place.session(),
                        place.ask().permits(),
                        place.since()))
                .toList();
    }

    /**
     * Returns the revision at which it was so.
     *
     * @return the revision
     */
    public long revision() {
        return revision;
    }

    /**
     * Returns the locks that are held or waited for.
     *
     * @return the locks
     */
    public List<Queue> queues() {
        return queues;
    }

    /**
     * Returns who waits for whom, in each lock.
     *
     * @return the edges of the graph; about as many as there are waiters
     */
    public List<Wait> waits() {
        List<Wait> waits = new ArrayList<>();
        queues.forEach(queue -> waits.addAll(Standstill.waitsIn(queue)));
        return waits;
    }

    /**
     * Returns who waits for ever, if nobody gives up, dies, or releases something while waiting.
     *
     * @return the {@linkplain Claimant#party parties} of all deadlocks, and those who wait behind them
     */
    public Set<String> waitingForEver() {
        return standstill.parties();
    }

    /**
     * Returns the deadlocks, each as a circle of those who wait for each other.
     *
     * @return for each deadlock at least one of its shortest circles; each begins where the one before ends
     */
    public List<List<Wait>> cycles() {
        return standstill.cycles();
    }

    /**
     * Describes it for people, a line for each lock and each deadlock.
     *
     * @return lines of text, in a form that may change
     */
    public String describe() {
        return GraphText.describe(this);
    }

    /**
     * Returns who waits for whom in Graphviz's language.
     *
     * @return a directed graph of the parties, with the locks on its edges
     */
    public String toDot() {
        return GraphText.dot(this);
    }

    @Override
    public String toString() {
        return describe();
    }
}
