package dev.coord.recipes.fence;

import static java.util.Objects.requireNonNull;

import dev.coord.FencedException;
import dev.coord.LimitExceededException;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Refuses {@linkplain dev.coord.recipes.FencedHandle#fencingToken() fencing tokens} that are older than one that was
 * accepted before. For a resource outside Coord that one process owns, such as the server of a file or a device: it is
 * given the token with each request, and asks here. Thread-safe.
 *
 * <p><b>What it promises.</b> Of each resource, accepted tokens never decrease: a smaller one than the greatest accepted is
 * refused, the same one (the same holder again) and a greater one are accepted. Checks of a resource take effect one
 * at a time, in one order that agrees with real time.
 *
 * <p><b>The check is not the write.</b> Between an accepted check and the write that follows, a newer holder may be accepted
 * and write. So write within {@link #write}, which lets nobody else be accepted meanwhile; {@link #check} and
 * {@link #tryAccept} are for code that holds a lock of its own around the check and the write.
 *
 * <p><b>What it forgets.</b> The tokens are in memory. If the resource outlives the process, keep the token with what is
 * written, and accept the last one at the start; or keep it where the data is, as {@link JdbcFenceGuard} does.
 *
 * <p><b>Costs.</b> No log entry, no message, no watch. Memory for each resource ever named, some 150 bytes and its name, up
 * to a number that is fixed at creation; nothing is dropped silently, for that would let an old token pass.
 *
 * <p>The check is Kleppmann's (<i>How to do distributed locking</i>, 2016); the token is Chubby's sequencer (Burrows,
 * OSDI 2006).
 */
public final class FenceGuard {
    /** How many resources a guard knows unless told otherwise. */
    public static final int DEFAULT_MAX_RESOURCES = 100_000;

    private final ConcurrentMap<String, Fence> fences = new ConcurrentHashMap<>();
    private final int maxResources;
    private final Semaphore room;

    private FenceGuard(int maxResources) {
        this.maxResources = maxResources;
        this.room = new Semaphore(maxResources);
    }

    /**
     * What is done under an accepted token.
     *
     * @param <T> its result
     * @param <E> what it throws
     */
    @FunctionalInterface
    public interface Write<T, E extends Exception> {
        /**
         * Writes to the resource.
         *
         * @return the result
         * @throws E if it fails
         */
        T run() throws E;
    }

    /**
     * Returns a guard that has seen no token, for up to {@value #DEFAULT_MAX_RESOURCES} resources.
     *
     * @return the guard
     */
    public static FenceGuard inMemory() {
        return inMemory(DEFAULT_MAX_RESOURCES);
    }

    /**
     * Returns a guard that has seen no token.
     *
     * @param maxResources how many resources it may know at once, positive
     * @return the guard
     * @throws IllegalArgumentException if the number is not positive
     */
    public static FenceGuard inMemory(int maxResources) {
        if (maxResources <= 0) {
            throw new IllegalArgumentException("room for " + maxResources + " resources; there must be some");
        }
        return new FenceGuard(maxResources);
    }

    /**
     * Accepts a token or says that it is too old. Waits while a {@link #write} to the resource runs, also if interrupted;
     * else not at all.
     *
     * @param resource what is to be written, 1 to 255 characters
     * @param token the token of the writer's lock or leadership, positive
     * @return true if it is accepted, false if a greater one was accepted before
     * @throws LimitExceededException if the resource is new and there is no room for it
     * @throws IllegalArgumentException if the name or the token is out of bounds
     */
    public boolean tryAccept(String resource, long token) {
        Fences.check(resource, token);
        Fence fence = enter(resource);
        try {
            return fence.accepts(token);
        } finally {
            fence.lock.unlock();
        }
    }

    /**
     * Accepts a token or fails. Waits as {@link #tryAccept} does.
     *
     * @param resource what is to be written, 1 to 255 characters
     * @param token the token of the writer's lock or leadership, positive
     * @throws FencedException if a greater one was accepted before; the caller must not write
     * @throws LimitExceededException if the resource is new and there is no room for it
     * @throws IllegalArgumentException if the name or the token is out of bounds
     */
    public void check(String resource, long token) {
        Fences.check(resource, token);
        Fence fence = enter(resource);
        try {
            fence.check(resource, token);
        } finally {
            fence.lock.unlock();
        }
    }

    /**
     * Writes to a resource if the token is accepted, while nobody else is accepted for it. Waits for others that write to
     * it. The write runs on the calling thread; let it not wait for another that writes to the same resource.
     *
     * @param <T> the result
     * @param <E> what the write throws
     * @param resource what is to be written, 1 to 255 characters
     * @param token the token of the writer's lock or leadership, positive
     * @param write what to do; if it fails the token stays accepted
     * @return what the write returned
     * @throws E what the write threw
     * @throws FencedException if a greater token was accepted before; the write did not run
     * @throws InterruptedException if interrupted while others write; the write did not run
     * @throws LimitExceededException if the resource is new and there is no room for it
     * @throws IllegalArgumentException if the name or the token is out of bounds
     */
    public <T, E extends Exception> T write(String resource, long token, Write<T, E> write)
            throws E, InterruptedException {
        Fences.check(resource, token);
        requireNonNull(write, "write");
        Fence fence = enterInterruptibly(resource);
        try {
            fence.check(resource, token);
            return write.run();
        } finally {
            fence.lock.unlock();
        }
    }

    /**
     * Returns the greatest token accepted so far. Never waits; may be outdated when it arrives.
     *
     * @param resource what was written, 1 to 255 characters
     * @return the token, empty if none was accepted
     * @throws IllegalArgumentException if the name is out of bounds
     */
    public OptionalLong greatest(String resource) {
        Fences.check(resource);
        Fence fence = fences.get(resource);
        long greatest = fence == null ? 0 : fence.greatest;
        return greatest == 0 ? OptionalLong.empty() : OptionalLong.of(greatest);
    }

    /**
     * Forgets a resource that has ceased to exist, to make room. From then on any token is accepted for it: do so only when
     * nothing is left that an old holder could harm. Waits as {@link #tryAccept} does.
     *
     * @param resource what is gone, 1 to 255 characters; need not be known
     * @throws IllegalArgumentException if the name is out of bounds
     */
    public void forget(String resource) {
        Fences.check(resource);
        Fence fence = fences.get(resource);
        if (fence == null) {
            return;
        }
        fence.lock.lock();
        try {
            if (fences.remove(resource, fence)) {
                fence.forgotten = true;
                room.release();
            }
        } finally {
            fence.lock.unlock();
        }
    }

    private Fence enter(String resource) {
        while (true) {
            Fence fence = fences.computeIfAbsent(resource, this::create);
            fence.lock.lock();
            if (fence.isInUse()) {
                return fence;
            }
        }
    }

    private Fence enterInterruptibly(String resource) throws InterruptedException {
        while (true) {
            Fence fence = fences.computeIfAbsent(resource, this::create);
            fence.lock.lockInterruptibly();
            if (fence.isInUse()) {
                return fence;
            }
        }
    }

    private Fence create(String resource) {
        if (!room.tryAcquire()) {
            throw new LimitExceededException("no room for the tokens of " + resource + " besides those of "
                    + maxResources + " resources; forget those that are gone, or make the guard greater");
        }
        return new Fence();
    }

    /** The greatest token of one resource. Its fields are written under its own lock only. */
    private static final class Fence {
        final ReentrantLock lock = new ReentrantLock();
        volatile long greatest;
        boolean forgotten;

        /** Lets go of a fence that was forgotten before it was entered: there is another by now, or none. */
        boolean isInUse() {
            if (forgotten) {
                lock.unlock();
                return false;
            }
            return true;
        }

        boolean accepts(long token) {
            if (token < greatest) {
                return false;
            }
            greatest = token;
            return true;
        }

        void check(String resource, long token) {
            if (!accepts(token)) {
                throw new FencedException(Fences.refusal(resource, token, greatest + " was accepted before"));
            }
        }
    }
}
