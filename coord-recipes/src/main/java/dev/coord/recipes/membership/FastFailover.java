package dev.coord.recipes.membership;

import static java.util.Objects.requireNonNull;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.recipes.detector.HeartbeatListener;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.PresencePath;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ends the sessions of those members of a group early that a failure detector suspects, so that what they hold (locks,
 * leaderships, their membership) passes on before their sessions' time is over.
 *
 * <p><b>A wrong suspicion breaks no promise.</b> A suspected session is ended only if the Raft leader has heard nothing of it for
 * its {@linkplain dev.coord.lease.Session#validity() validity}; by then its holder takes nothing that it holds for valid any
 * more. A suspicion of a member that is alive costs a message now and then for as long as it lasts. Sessions whose validity is
 * their time to live, as all have that were not opened otherwise, end no sooner than without this.
 *
 * <p>Every peer may run one for the same group: who asks first ends the session. A member is suspected by its name, so the
 * detector must know it by that. Safe for use by any thread; nothing blocks.
 *
 * <p>Failover then takes what the detector takes to suspect, or the validity if that is longer, plus {@link #RETRY} at most and
 * one log entry. If the failed member was the Raft leader it takes more: the election, then the whole validity, as a new leader
 * cannot know how long a session was silent before, and up to one operation timeout if a request was on its way to the old one.
 *
 * <p>A lock {@linkplain dev.coord.recipes.lock.DistributedLock#withLockDelay with a lock-delay} does not pass on any sooner: its
 * key is attached to a lease of its own, which is not ended by this.
 */
public final class FastFailover implements HeartbeatListener, AutoCloseable {
    /** How long after an answer that a suspected member's session is not silent it is asked again. */
    public static final Duration RETRY = Duration.ofMillis(100);

    private final Coord coord;
    private final PresencePath path;

    /** The suspected members, and which suspicion it is: an end of one must not go on for the next. */
    private final Map<String, Long> suspected = new ConcurrentHashMap<>();

    private final AtomicLong suspicions = new AtomicLong();
    /** By key, the lease that was last found ended. */
    private final Map<String, Long> lastEnded = new ConcurrentHashMap<>();

    private final AtomicLong ended = new AtomicLong();

    private volatile boolean closed;

    private FastFailover(Coord coord, PresencePath path) {
        this.coord = coord;
        this.path = path;
    }

    /**
     * Begins to end sessions of a group's members, once some are suspected.
     *
     * @param coord the handle through which that is done
     * @param path the group's name, as for {@link Group#on}
     * @return what to tell of suspicions; close it when done
     * @throws IllegalArgumentException if the path is not proper
     */
    public static FastFailover of(Coord coord, String path) {
        return new FastFailover(requireNonNull(coord, "coord"), new PresencePath(requireNonNull(path, "path")));
    }

    /**
     * A member is suspected from now on. Its session is ended as soon as it may be, unless the suspicion is taken back before. Of
     * a member that the group does not have nothing is done until it joins. To repeat does no harm.
     *
     * @param member its name
     * @throws IllegalArgumentException if nobody can have that name
     */
    public void suspected(String member) {
        String key = path.key(requireNonNull(member, "member"));
        long number = suspicions.incrementAndGet();
        if (!closed && suspected.putIfAbsent(member, number) == null) {
            end(member, key, number);
        }
    }

    /** {@inheritDoc} As {@link #suspected(String)}: whatever its incarnation, the session is what is ended. */
    @Override
    public void suspected(String id, long incarnation) {
        suspected(id);
    }

    @Override
    public void trusted(String id, long incarnation) {
        trusted(id);
    }

    /**
     * A member is suspected no more.
     *
     * @param member its name
     */
    public void trusted(String member) {
        suspected.remove(requireNonNull(member, "member"));
    }

    /**
     * Returns how many sessions of suspected members were found ended after this had asked for it.
     *
     * @return 0 or more
     */
    public long endedCount() {
        return ended.get();
    }

    private boolean isWanted(String member, long number) {
        return !closed && Long.valueOf(number).equals(suspected.get(member));
    }

    private void end(String member, String key, long number) {
        if (!isWanted(member, number)) {
            return;
        }
        Async.whenDone(request(key), (done, error) -> {
            if (error instanceof ClosedException) {
                close();
            } else {
                // Also when it is gone: one that is suspected still and joins anew is asked about again.
                var unused = coord.scheduler()
                        .schedule(RETRY, () -> coord.callbacks().execute(() -> end(member, key, number)));
            }
        });
    }

    private CompletableFuture<Void> request(String key) {
        return coord.kv()
                .getAsync(key, Consistency.sequential())
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(null)
                        : endIfSilent(key, found.get().lease()));
    }

    private CompletableFuture<Void> endIfSilent(String key, long lease) {
        return coord.leases().endIfSilentAsync(lease).thenAccept(gone -> {
            // A replica that lags shows it for a while yet.
            if (gone && !Long.valueOf(lease).equals(lastEnded.put(key, lease))) {
                ended.incrementAndGet();
            }
        });
    }

    /** Ends no more sessions. Safe to repeat. */
    @Override
    public void close() {
        closed = true;
        suspected.clear();
    }

    @Override
    public String toString() {
        return "FastFailover(" + path.path() + ", suspected: " + suspected.keySet() + ")";
    }
}
