package dev.coord.recipes.election;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.LimitExceededException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.QueuePath;
import dev.coord.recipes.internal.Teller;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A candidate that stands in many topics at once, each an election of its own: several nodes with the same topics share
 * them among themselves, each node leading some. It stands again in a topic whenever it has lost it, until it drops the topic
 * or is closed. Belongs to whoever has the reference; usable from any thread.
 *
 * <p>A topic {@code t} below a path {@code p} is the {@link LeaderElection} {@code p/t}.
 *
 * <p><b>What it costs</b> is what a campaign costs, for each topic: see {@link LeaderElection}.
 */
public final class CandidateTopics implements AutoCloseable {
    /** The most topics of one candidate. */
    public static final int MAX_TOPICS = 1_000;

    private final Coord coord;
    private final String path;
    private final String candidate;
    private final TopicListener listener;
    private final Teller teller;
    private final ConcurrentSkipListMap<String, LeaderLatch> latches = new ConcurrentSkipListMap<>();
    private volatile boolean closed;

    private CandidateTopics(Coord coord, String path, String candidate, TopicListener listener) {
        this.coord = coord;
        this.path = path;
        this.candidate = candidate;
        this.listener = listener;
        this.teller = new Teller(coord.callbacks());
    }

    /**
     * Returns a candidate that stands nowhere yet. Does not touch the store.
     *
     * @param coord the handle whose session is to hold the leaderships
     * @param path below which the topics are
     * @param candidate what others are to be told of the leader of a topic, such as its address
     * @param listener who is told of leaderships, on the peer's callback threads
     * @return the candidate
     * @throws IllegalArgumentException if the path is none for elections, or the words are too long
     */
    public static CandidateTopics of(Coord coord, String path, String candidate, TopicListener listener) {
        requireNonNull(coord, "coord");
        requireNonNull(listener, "listener");
        Ask.of(1, requireNonNull(candidate, "candidate"));
        return new CandidateTopics(coord, new QueuePath(path).path(), candidate, listener);
    }

    /**
     * Begins to stand in a topic, with the usual priority 0. Does not wait.
     *
     * @param topic the topic's name, which may have parts separated by {@code /}
     * @return false if it stands there already
     * @throws IllegalArgumentException if the path and the topic make no path of an election
     * @throws LimitExceededException if it stands in {@value #MAX_TOPICS} topics
     * @throws IllegalStateException if it is closed
     */
    public boolean stand(String topic) {
        return stand(topic, 0);
    }

    /**
     * Begins to stand in a topic. Does not wait.
     *
     * @param topic the topic's name, which may have parts separated by {@code /}
     * @param priority who has more is elected first: see {@link LeaderElection#withPriority}
     * @return false if it stands there already, with whichever priority
     * @throws IllegalArgumentException if the path and the topic make no path of an election
     * @throws LimitExceededException if it stands in {@value #MAX_TOPICS} topics
     * @throws IllegalStateException if it is closed
     */
    public boolean stand(String topic, int priority) {
        if (requireNonNull(topic, "topic").isEmpty()) {
            throw new IllegalArgumentException("a topic without a name");
        }
        LeaderElection election = LeaderElection.on(coord, path + "/" + topic).withPriority(priority);
        if (latches.size() >= MAX_TOPICS && !latches.containsKey(topic)) {
            throw new LimitExceededException("more than " + MAX_TOPICS + " topics of a candidate; drop some");
        }
        LeaderLatch latch = LeaderLatch.of(election, candidate).restanding();
        latch.listen(new Ear(topic, latch), teller);
        if (latches.putIfAbsent(topic, latch) != null) {
            return false;
        }
        if (closed) {
            CompletableFuture<Void> ignored = dropAsync(topic);
            throw new IllegalStateException("a candidate that was closed; make another");
        }
        latch.tryStart(); // or it was dropped since, by another thread
        return true;
    }

    /**
     * Ceases to stand in a topic, and resigns if it leads there, without waiting.
     *
     * @param topic the topic
     * @return completes when the store has let go of the leadership, at once if it does not stand there
     */
    public CompletableFuture<Void> dropAsync(String topic) {
        LeaderLatch latch = latches.remove(requireNonNull(topic, "topic"));
        return latch == null ? CompletableFuture.completedFuture(null) : latch.closeAsync();
    }

    /**
     * Ceases to stand in a topic, resigns if it leads there, and waits for that as {@link Leadership#close()} does.
     *
     * @param topic the topic
     * @return false if it did not stand there
     */
    public boolean drop(String topic) {
        LeaderLatch latch = latches.remove(requireNonNull(topic, "topic"));
        if (latch != null) {
            latch.close();
        }
        return latch != null;
    }

    /**
     * Returns where it stands or leads. Local; never waits.
     *
     * @return the topics at this moment, in order
     */
    public SortedSet<String> topics() {
        return new TreeSet<>(latches.keySet());
    }

    /**
     * Returns what it leads for certain at this moment. Local; never waits.
     *
     * @return the valid leaderships, by topic
     */
    public SortedMap<String, Leadership> led() {
        SortedMap<String, Leadership> led = new TreeMap<>();
        latches.forEach((topic, latch) -> latch.leadership().ifPresent(leadership -> led.put(topic, leadership)));
        return led;
    }

    /**
     * Tells who leads in which topic below the path, by a linearizable read of all of them at one revision. The answer may
     * be outdated when it arrives.
     *
     * @return the elected leaders, by topic, of topics that have one; whether this candidate stands there or not
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.UnavailableException if no Raft leader can be confirmed
     */
    public SortedMap<String, LeaderInfo> leaders() throws InterruptedException {
        return leaders(Consistency.linearizable());
    }

    /**
     * Tells who leads in which topic below the path, all at one revision.
     *
     * @param consistency what the read promises
     * @return the elected leaders, by topic, of topics that have one; whether this candidate stands there or not
     * @throws InterruptedException if interrupted while waiting
     * @throws CoordException as the consistency describes
     */
    public SortedMap<String, LeaderInfo> leaders(Consistency consistency) throws InterruptedException {
        RangeResult all = coord.kv().range(RangeQuery.of(KeyRange.prefix(path + "/")), consistency);
        SortedMap<String, LeaderInfo> leaders = new TreeMap<>();
        for (Entry entry : all.entries()) {
            Optional<String> queue = QueuePath.ofHolder(entry.key());
            if (queue.isPresent() && queue.get().length() > path.length()) {
                String topic = queue.get().substring(path.length() + 1);
                leaders.put(topic, new LeaderInfo(Ask.decode(entry.value()).text(), entry.createRevision()));
            }
        }
        return leaders;
    }

    /**
     * Drops all topics, without waiting, and takes no more. Safe to repeat.
     *
     * @return completes when the store has let go of all leaderships; candidates are withdrawn in the background
     */
    public CompletableFuture<Void> closeAsync() {
        closed = true;
        Set<String> topics = topics();
        return CompletableFuture.allOf(topics.stream().map(this::dropAsync).toArray(CompletableFuture<?>[]::new));
    }

    /** Drops all topics, takes no more, and waits for it as {@link Leadership#close()} does. Safe to repeat. */
    @Override
    public void close() {
        LeaderLatch.awaitClosed(coord, closeAsync());
    }

    private final class Ear implements LeaderLatchListener {
        private final String topic;
        private final LeaderLatch latch;

        Ear(String topic, LeaderLatch latch) {
            this.topic = topic;
            this.latch = latch;
        }

        @Override
        public void isLeader(Leadership leadership) {
            listener.isLeader(topic, leadership);
        }

        @Override
        public void notLeader() {
            listener.notLeader(topic);
        }

        @Override
        public void onEnd(CoordException cause) {
            latches.remove(topic, latch);
            listener.onEnd(topic, cause);
        }
    }
}
