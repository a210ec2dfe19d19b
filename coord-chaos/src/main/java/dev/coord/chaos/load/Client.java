package dev.coord.chaos.load;

import dev.coord.ClosedException;
import dev.coord.CoordException;
import dev.coord.SessionExpiredException;
import dev.coord.chaos.Findings;
import dev.coord.chaos.wire.UnforeseenException;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A user on a thread of its own, with a handle of one peer, which it opens anew whenever it is over. */
abstract class Client implements Runnable {
    private static final long BETWEEN_TRIES_NANOS = 100_000_000;

    private final String role;
    private final Handles handles;
    private final int peer;
    private final Duration ttl;
    final Counts counts;
    final Findings findings;
    final SplittableRandom random;
    private volatile boolean stopped;
    private @Nullable Handle handle;

    Client(String role, int peer, Duration ttl, Shared shared) {
        this.role = role;
        this.handles = shared.handles();
        this.peer = peer;
        this.ttl = ttl;
        this.counts = shared.counts();
        this.findings = shared.findings();
        this.random = shared.split();
    }

    /** Does a few operations. */
    abstract void step(Handle own) throws InterruptedException;

    /** Before the handle is given up. */
    void leave(Handle own) throws InterruptedException {}

    final Handles handles() {
        return handles;
    }

    final String role() {
        return role;
    }

    final void stop() {
        stopped = true;
    }

    final boolean isStopped() {
        return stopped;
    }

    @Override
    public final void run() {
        try {
            while (!stopped) {
                turn();
            }
            giveUp();
        } catch (InterruptedException e) {
            // The run is over.
        } catch (RuntimeException | Error e) {
            findings.add(role + " failed: " + e);
        }
    }

    private void turn() throws InterruptedException {
        Handle own = handle();
        if (own == null) {
            LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
            return;
        }
        try {
            step(own);
        } catch (SessionExpiredException | ClosedException e) {
            counts.failed(e);
            giveUp();
        } catch (CoordException e) {
            counts.failed(e);
        } catch (UnforeseenException e) {
            findings.add(own.process() + " was thrown what no interface promises: " + e.getMessage());
        }
    }

    private @Nullable Handle handle() throws InterruptedException {
        if (handle != null && handle.isOver()) {
            giveUp();
        }
        if (handle == null) {
            Optional<Handle> opened = handles.open(role, peer, ttl);
            handle = opened.orElse(null);
        }
        return handle;
    }

    private void giveUp() throws InterruptedException {
        Handle own = handle;
        handle = null;
        if (own != null) {
            leave(own);
            own.close();
        }
    }

    /** Lets time pass, in which this user does nothing. */
    static void idle(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    final Duration between(int fromMillis, int toMillis) {
        return Duration.ofMillis(random.nextInt(fromMillis, toMillis));
    }
}
