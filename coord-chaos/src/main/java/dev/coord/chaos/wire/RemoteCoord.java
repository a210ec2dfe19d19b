package dev.coord.chaos.wire;

import dev.coord.Coord;
import dev.coord.kv.Kv;
import dev.coord.lease.Leases;
import dev.coord.lease.Session;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A session of a peer in another process, used as if it were here. Its operations are those of the peer's own handle, in the
 * same order; what is in flight when the process ends is indeterminate, and the handle is of no use from then on.
 */
public final class RemoteCoord implements Coord {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    private final Link link;
    private final RemoteSession session;
    private final RemoteKv kv;
    private final RemoteLeases leases;
    private final AtomicLong watches = new AtomicLong();

    private RemoteCoord(Link link, RemoteSession session) {
        this.link = link;
        this.session = session;
        this.kv = new RemoteKv(link, DEFAULT_TIMEOUT);
        this.leases = new RemoteLeases(link);
    }

    /**
     * Opens a session of a peer.
     *
     * @param name of the peer, for what is said of it
     * @param host of its agent
     * @param port of its agent
     * @param ttl of the session
     * @param patience how long to wait for the session
     * @param threads that call back
     * @return the handle
     * @throws IOException if the process does not answer, or not in time
     * @throws InterruptedException if interrupted
     * @throws dev.coord.CoordException if the peer refused
     */
    public static RemoteCoord open(
            String name, String host, int port, Duration ttl, Duration patience, DriverThreads threads)
            throws IOException, InterruptedException {
        Link link = new Link(name, host, port, threads);
        long sent = Held.now();
        try {
            RemoteSession.Opened opened = await(
                    link.ask(Verb.OPEN, out -> out.putNumber(ttl.toNanos()), RemoteSession.Opened::get), patience);
            return new RemoteCoord(link, RemoteSession.begin(link, opened, ttl, sent));
        } catch (IOException | InterruptedException | RuntimeException e) {
            link.close();
            throw e;
        }
    }

    static <T> T await(CompletableFuture<T> outcome, Duration patience) throws IOException, InterruptedException {
        try {
            return outcome.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + patience, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * Completes when the process has gone or the connection to it.
     *
     * @return the signal
     */
    public CompletableFuture<Void> gone() {
        return link.broken();
    }

    /**
     * Asks the process for an answer, whatever the peer's state; it comes once the process runs.
     *
     * @return completes when it answers
     */
    public CompletableFuture<Boolean> echo() {
        return link.ask(Verb.ECHO, out -> {}, in -> true);
    }

    /** Breaks the connection off, without a word. */
    public void abandon() {
        link.close();
    }

    @Override
    public Kv kv() {
        return kv;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public Session session() {
        return session;
    }

    @Override
    public Watch watch(WatchSpec spec, WatchListener listener) {
        return RemoteWatch.open(link, watches.incrementAndGet(), spec, listener);
    }

    @Override
    public Ticker ticker() {
        return Ticker.system();
    }

    @Override
    public Scheduler scheduler() {
        return link.threads();
    }

    @Override
    public Executor callbacks() {
        return link.threads();
    }

    @Override
    public void close() {
        session.end();
        try {
            await(link.ask(Verb.CLOSE, out -> {}, in -> true), DEFAULT_TIMEOUT.multipliedBy(2));
        } catch (IOException | RuntimeException e) {
            // It ends by its time limit.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            link.close();
        }
    }
}
