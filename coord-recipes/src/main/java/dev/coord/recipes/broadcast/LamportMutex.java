package dev.coord.recipes.broadcast;

import dev.coord.CoordException;
import dev.coord.recipes.causality.LamportClock;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Mutual exclusion by messages alone (Lamport, <i>Time, Clocks, and the Ordering of Events in a Distributed System</i>, 1978, section
 * "Ordering the Events Totally", rules 1 to 5), for comparison with {@link dev.coord.recipes.lock.DistributedLock}, which is what
 * a service should use. Safe for use by any thread.
 *
 * <p><b>How.</b> A request is stamped by a Lamport clock and sent to all; each keeps it in a queue by stamps and acknowledges it. It
 * is granted when it is first in the requester's own queue and everybody has been heard with a later stamp; its release is sent to all.
 * 3(N-1) messages for N members, each a request of the messenger's with its answer; two network delays to acquire a free one, one
 * from a release to the next grant.
 *
 * <p><b>What it promises.</b> At any moment at most one handle of the group is held, and grants are in the order of the requests'
 * stamps: whoever heard of another's request before making its own comes after it. All who ask are granted as long as <em>all</em>
 * members live and reach each other, and those who hold it release it.
 *
 * <p><b>When a member dies</b> nobody can acquire any more, whether it held or not, as everybody has to acknowledge:
 * {@link #blockedBy()} names it. Nor is anything taken from a holder, so there is no fencing token.
 *
 * <p><b>When a member restarts</b> it has forgotten what it acknowledged and perhaps held, so the group is over: requests fail
 * with {@link MemberRestartedException}. What is held then stays held, as nobody else can acquire. Open a group of another name
 * when it is clear that nobody uses what the old one protected.
 */
public final class LamportMutex implements AutoCloseable {
    private static final int FIRST = 1;
    private static final int REQUEST = 2;
    private static final int ACKNOWLEDGEMENT = 3;
    private static final int RELEASE = 4;

    private final BroadcastGroup group;
    private final Link link;

    // ---- in the link's context
    /** All requests that are not released, of everybody. */
    private final StampOrder<Boolean> requests;

    /** Those of this member that are not granted. */
    private final Map<LamportClock, CompletableFuture<MutexHandle>> waiting = new HashMap<>();

    /** Those of this member that are neither released nor given up. */
    private final Set<LamportClock> own = new TreeSet<>();

    private LamportMutex(BroadcastGroup group) {
        this.group = group;
        link = new Link(group, "mutex", new Mutex());
        requests = new StampOrder<>(link.self(), group.others());
        link.open();
    }

    /**
     * Opens the group at this member. Does not wait for the others, but nothing is granted until each has opened it.
     *
     * @param group the group, the same at each member
     * @return this member's place in it; close it when done
     * @throws IllegalStateException if it is open at this peer already
     */
    public static LamportMutex open(BroadcastGroup group) {
        return new LamportMutex(group);
    }

    /**
     * Acquires, waiting as long as it takes.
     *
     * @return what is held
     * @throws InterruptedException if interrupted; then the request is given up
     * @throws CoordException as with {@link #acquireAsync()}
     */
    public MutexHandle acquire() throws InterruptedException {
        Async.refuseIfInterrupted();
        return await(acquireAsync());
    }

    /**
     * Acquires or fails.
     *
     * @param patience how long to wait, greater than zero: that it is free cannot be known without asking everybody
     * @return what is held
     * @throws MutexTimeoutException if it was not granted in that time; says by whom it is blocked
     * @throws InterruptedException if interrupted; then the request is given up
     * @throws CoordException as with {@link #acquireAsync()}
     */
    public MutexHandle acquire(Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return await(acquireAsync(patience));
    }

    /**
     * Acquires if it is granted in time.
     *
     * @param patience how long to wait, greater than zero
     * @return what is held, empty if it was not granted in that time
     * @throws InterruptedException if interrupted; then the request is given up
     * @throws CoordException as with {@link #acquireAsync()}
     */
    public Optional<MutexHandle> tryAcquire(Duration patience) throws InterruptedException {
        try {
            return Optional.of(acquire(patience));
        } catch (MutexTimeoutException e) {
            return Optional.empty();
        }
    }

    private MutexHandle await(CompletableFuture<MutexHandle> granted) throws InterruptedException {
        return Async.await(group.coord(), granted, MutexHandle::close);
    }

    /**
     * Acquires without waiting on this thread.
     *
     * @return what is held; fails with {@link dev.coord.LimitExceededException} if a member has left too many messages unanswered,
     *     with {@link MemberRestartedException} or {@link dev.coord.ClosedException} when the group is over or closed. Nothing is
     *     held then. Its dependents run on callback threads; to cancel it gives the request up
     */
    public CompletableFuture<MutexHandle> acquireAsync() {
        CompletableFuture<MutexHandle> granted = new CompletableFuture<>();
        link.run(() -> request(granted), cause -> fail(granted, link.refusal(cause)));
        return granted;
    }

    /**
     * Acquires, or fails, without waiting on this thread.
     *
     * @param patience how long to wait, greater than zero
     * @return what is held; fails as {@link #acquireAsync()}, and with {@link MutexTimeoutException}
     * @throws IllegalArgumentException if the patience is not greater than zero
     */
    public CompletableFuture<MutexHandle> acquireAsync(Duration patience) {
        if (patience.isZero() || patience.isNegative()) {
            throw new IllegalArgumentException("a patience of " + patience
                    + "; it must be greater than zero: to know whether it is free, everybody must be asked");
        }
        CompletableFuture<MutexHandle> granted = acquireAsync();
        Timer timer =
                group.coord().scheduler().schedule(patience, () -> link.run(() -> fail(granted, timeout(patience))));
        Async.whenDone(granted, (handle, failure) -> timer.cancel());
        return granted;
    }

    private MutexTimeoutException timeout(Duration patience) {
        return new MutexTimeoutException(toString(), patience, link.blockedBy());
    }

    /** Rule 1. */
    private void request(CompletableFuture<MutexHandle> granted) {
        try {
            link.checkRoom();
        } catch (CoordException e) {
            fail(granted, e);
            return;
        }
        LamportClock stamp = requests.tick();
        own.add(stamp);
        waiting.put(stamp, granted);
        requests.add(stamp, true);
        link.sendAll(message(REQUEST, stamp).done(), () -> {});
        Async.whenDone(granted, (handle, failure) -> {
            if (failure != null) {
                release(stamp);
            }
        });
        grant();
    }

    private static WireWriter message(int kind, LamportClock stamp) {
        return new WireWriter(kind).number(stamp.time());
    }

    private void fail(CompletableFuture<MutexHandle> granted, CoordException cause) {
        link.callBack(() -> granted.completeExceptionally(cause));
    }

    /** Rule 5. */
    private void grant() {
        if (requests.isEmpty() || !requests.notBeyond(requests.firstStamp()).isEmpty()) {
            return;
        }
        LamportClock first = requests.firstStamp();
        CompletableFuture<MutexHandle> granted = waiting.remove(first);
        if (granted != null) {
            MutexHandle handle = new MutexHandle(this, first);
            link.callBack(() -> granted.complete(handle));
        }
    }

    /** Rule 3; also gives up what was not granted. If nobody took the handle, its future has failed, which leads here too. */
    void release(LamportClock stamp) {
        link.run(() -> {
            if (own.remove(stamp)) {
                waiting.remove(stamp);
                requests.remove(stamp);
                link.sendAll(
                        message(RELEASE, requests.tick()).number(stamp.time()).done(), () -> {});
                grant();
            }
        });
    }

    /**
     * Returns whom this member's requests wait for at the moment: the members that have not answered or acknowledged, and the one
     * whose request comes first. Local; never waits.
     *
     * @return their ids, immutable; a member that stays in it holds, is dead, cut off or slow
     */
    public Set<String> blockedBy() {
        return link.blockedBy();
    }

    /**
     * Returns a signal of the end.
     *
     * @return fails with {@link MemberRestartedException} when the group is over, and completes when this is closed; its dependents
     *     run on callback threads
     */
    public CompletableFuture<Void> ended() {
        return link.ended();
    }

    /**
     * Leaves the group: requests that wait fail, and nobody is granted anything any more, as after a death. What is held here stays
     * held. Does not wait. Safe to repeat.
     */
    @Override
    public void close() {
        link.close();
    }

    @Override
    public String toString() {
        return "LamportMutex of " + link.self() + " in " + link;
    }

    private final class Mutex implements Protocol {

        @Override
        public byte[] first() {
            return new WireWriter(FIRST).done();
        }

        @Override
        public boolean take(String from, WireReader body) {
            int kind = body.kind();
            if (kind == FIRST) {
                return true;
            }
            LamportClock stamp = Wire.stamp(body, from);
            requests.hear(stamp);
            switch (kind) {
                case REQUEST -> {
                    // Rule 2.
                    requests.add(stamp, true);
                    link.send(from, message(ACKNOWLEDGEMENT, requests.tick()).done());
                }
                case ACKNOWLEDGEMENT -> {}
                // Rule 4.
                case RELEASE -> requests.remove(Wire.stamp(body, from));
                default -> throw Wire.unknown(kind);
            }
            grant();
            return true;
        }

        @Override
        public void restarted(String member) {
            link.over(member);
        }

        @Override
        public Set<String> awaited() {
            if (waiting.isEmpty()) {
                return Set.of();
            }
            LamportClock oldest = waiting.keySet().stream().sorted().findFirst().orElseThrow();
            Set<String> awaited = requests.notBeyond(oldest);
            String first = requests.firstStamp().process();
            if (!first.equals(link.self())) {
                awaited.add(first);
            }
            return awaited;
        }

        @Override
        public void ended(CoordException cause) {
            waiting.values().forEach(granted -> fail(granted, link.refusal(cause)));
            waiting.clear();
        }
    }
}
